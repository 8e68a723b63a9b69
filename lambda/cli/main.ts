/** `script-engine`, once it is known what was typed. */

import packageJson from '../../package.json' with { type: 'json' };
import type { Client } from '../client/client.ts';
import { ProtocolError, ScriptEngineError } from '../client/errors.ts';
import { parseArguments, type RunOptions, UsageError } from './arguments.ts';
import { type Engine, openEngine } from './engine.ts';
import { writeOutputs } from './files.ts';
import { watchInterruptions } from './interruptions.ts';
import { type CodeServer, needsServer, startCodeServer } from './large-code.ts';
import { Output } from './output.ts';
import { type PreparedRequest, requestOf } from './request.ts';
import { ownScreen } from './screen.ts';
import { changeOf } from './watch.ts';

const WRONG_USE = 2;

const screen = ownScreen();
const exitCode = await main(process.argv.slice(2));
if (exitCode !== null) {
  await screen.flush();
  // Nothing that is left matters: sandboxes have been sent a signal that they cannot refuse.
  process.exit(exitCode);
}

/** @returns `null` where the process goes on */
async function main(argv: readonly string[]): Promise<number | null> {
  const line = parseArguments(argv, packageJson.version);
  if (line.command === 'say') {
    (line.exitCode === 0 ? screen.out : screen.err)(line.text);
    return line.exitCode;
  }
  if (line.command === 'serve') {
    const { serve } = await import('../local/serve.ts');
    await serve();
    return null;
  }
  try {
    return await run(line.options);
  } catch (error) {
    screen.err(`${messageOf(error)}\n`);
    return error instanceof UsageError ? WRONG_USE : 1;
  }
}

/** `fetch failed` alone says nothing: the cause does. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message ? `${message}: ${cause.message}` : message;
}

async function run(options: RunOptions): Promise<number> {
  let server: CodeServer | null = null;
  let engine: Engine | null = null;
  const interruptions = watchInterruptions();
  try {
    // The size of what comes by stdin is known when it is there.
    const fromStdin = options.source === '-' ? await requestOf(options) : null;
    if (needsServer(options, fromStdin)) server = await startCodeServer();
    // Before files are read: its sandbox gets ready meanwhile.
    engine = await openEngine(options, server?.origin ?? null);
    const { client } = engine;
    const runOnce = (prepared: PreparedRequest): Promise<number> =>
      interruptions.during(async (signal) =>
        execute(await client, options, server?.offer(prepared) ?? prepared, signal),
      );
    if (options.watch) return await runAgain(options, runOnce);
    return await runOnce(fromStdin ?? (await requestOf(options)));
  } finally {
    server?.close();
    engine?.close();
  }
}

/** @throws what goes wrong before it is known which files to wait for */
async function runAgain(
  options: RunOptions,
  runOnce: (prepared: PreparedRequest) => Promise<number>,
): Promise<never> {
  let files: readonly string[] = [];
  for (;;) {
    let change: Promise<void> | null = null;
    const sinceMs = Date.now();
    try {
      const prepared = await requestOf(options);
      files = prepared.files;
      // Also what changes while it runs.
      change = changeOf(files, sinceMs);
      await runOnce(prepared);
    } catch (error) {
      if (files.length === 0) throw error;
      screen.err(`${messageOf(error)}\n`);
    }
    screen.err(
      `Waiting for a change of ${files.length} ${files.length === 1 ? 'file' : 'files'} …\n`,
    );
    await (change ?? changeOf(files, sinceMs));
  }
}

async function execute(
  client: Client,
  options: RunOptions,
  prepared: PreparedRequest,
  signal: AbortSignal,
): Promise<number> {
  const output = new Output(screen, options, prepared);
  try {
    const response = await responseOf(client, prepared, output, options, signal);
    const isComplete = await writeOutputs(options, response, screen);
    return output.end(response, isComplete);
  } catch (error) {
    if (error instanceof ScriptEngineError && error.response !== null) {
      return output.end(error.response, true);
    }
    throw error;
  } finally {
    output.close();
  }
}

async function responseOf(
  client: Client,
  { request }: PreparedRequest,
  output: Output,
  { json }: RunOptions,
  signal: AbortSignal,
) {
  // What is printed at the end as a whole need not come in pieces.
  if (json) return client.execute(request, { signal });
  for await (const event of client.stream(request, { signal })) {
    output.event(event);
    if (event.event === 'end') return event.data;
  }
  throw new ProtocolError('The stream ended before its last event');
}
