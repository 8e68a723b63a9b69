/** `script-engine`, once it is known what was typed. */

import packageJson from '../../package.json' with { type: 'json' };
import type { Client } from '../client/client.ts';
import { ProtocolError, ScriptEngineError } from '../client/errors.ts';
import { parseArguments, type RunOptions, UsageError } from './arguments.ts';
import { type Engine, openEngine } from './engine.ts';
import { writeOutputs } from './files.ts';
import { type CodeServer, needsServer, startCodeServer } from './large-code.ts';
import { Output } from './output.ts';
import { type PreparedRequest, requestOf } from './request.ts';
import { ownScreen } from './screen.ts';
import { changeOf } from './watch.ts';

const WRONG_USE = 2;

const screen = ownScreen();
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const line = parseArguments(argv, packageJson.version);
  if (line.command === 'say') {
    (line.exitCode === 0 ? screen.out : screen.err)(line.text);
    return line.exitCode;
  }
  if (line.command === 'serve') {
    await import('../local/main.ts');
    return 0;
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
  let opening: Promise<Engine> | null = null;
  try {
    // The size of what comes by stdin is known when it is there.
    const fromStdin = options.source === '-' ? await requestOf(options) : null;
    if (needsServer(options, fromStdin)) server = await startCodeServer();
    // Before files are read: its sandbox gets ready meanwhile.
    const engine = openEngine(options, server?.origin ?? null);
    opening = engine;
    opening.catch(() => {});
    const runOnce = async (prepared: PreparedRequest): Promise<number> => {
      const { client } = await engine;
      return execute(client, options, server?.offer(prepared) ?? prepared);
    };
    if (options.watch) return await runAgain(options, runOnce);
    return await runOnce(fromStdin ?? (await requestOf(options)));
  } finally {
    server?.close();
    await (await opening?.catch(() => null))?.close();
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
): Promise<number> {
  const output = new Output(screen, options, prepared);
  const gone = new AbortController();
  let ended: NodeJS.Signals | null = null;
  const interrupt = (signal: NodeJS.Signals): void => {
    ended = signal;
    gone.abort(new Error(signal));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const response = await responseOf(client, prepared, output, options, gone.signal);
    const isComplete = await writeOutputs(options, response, screen);
    return output.end(response, isComplete);
  } catch (error) {
    if (ended !== null) return dieOf(ended);
    if (error instanceof ScriptEngineError && error.response !== null) {
      return output.end(error.response, true);
    }
    throw error;
  } finally {
    output.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
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

/** Shells stop a loop around a program that has ended by the signal, not by an exit code. */
function dieOf(signal: NodeJS.Signals): never {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
