/** Runs the same snippets against our console in QuickJS and against the one of Node.js. */

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { QuickJSContext, QuickJSWASMModule } from 'quickjs-emscripten';
import { instantiateQuickJs, newQuickJsMemory } from '../../../support/guest/quickjs.ts';

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  /** What the snippet threw, as text. */
  readonly thrown: string | null;
}

const here = dirname(fileURLToPath(import.meta.url));
const prelude = join(here, '../../../../lambda/guest/javascript/prelude');

let bundle: Promise<string> | undefined;
let quickjs: Promise<QuickJSWASMModule> | undefined;

/** QuickJS as the build prepares it. */
function machine(): Promise<QuickJSWASMModule> {
  quickjs ??= instantiateQuickJs(newQuickJsMemory()).then((made) => made.quickjs);
  return quickjs;
}

async function bundleConsole(): Promise<string> {
  const result = await build({
    stdin: {
      contents: `
        import { installConsole } from ${JSON.stringify(`${prelude}/console/console.ts`)};
        import { installErrorStack } from ${JSON.stringify(`${prelude}/console/error-stack.ts`)};
        const { write, remaining, now, promise } = globalThis;
        for (const name of ['write', 'remaining', 'now', 'promise']) delete globalThis[name];
        const define = (names) => {
          for (const [name, value] of Object.entries(names)) {
            Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
          }
        };
        installConsole({ global: globalThis, define }, { write, remaining, now, promise });
        installErrorStack();`,
      resolveDir: here,
    },
    bundle: true,
    format: 'iife',
    target: 'es2023',
    platform: 'neutral',
    write: false,
  });
  return result.outputFiles[0]?.text ?? '';
}

export interface GuestOptions {
  /** Bytes that each stream takes. */
  readonly capBytes?: number;
  /** Answers of the clock, one after the other. */
  readonly clock?: readonly number[];
  readonly memoryLimitBytes?: number;
  readonly modules?: Readonly<Record<string, string>>;
}

/** Evaluates a snippet in a new QuickJS context that has nothing but the console. */
export async function runInGuest(code: string, options: GuestOptions = {}): Promise<Printed> {
  bundle ??= bundleConsole();
  const source = await bundle;
  const { capBytes = 1024 * 1024, clock = [], modules } = options;
  const { memoryLimitBytes = 512 * 1024 * 1024 } = options;
  const runtime = (await machine()).newRuntime();
  runtime.setMemoryLimit(memoryLimitBytes);
  runtime.setMaxStackSize(256 * 1024);
  if (modules !== undefined) runtime.setModuleLoader((name) => modules[name] ?? '');
  const context = runtime.newContext();
  const printed: Record<string, string> = { stdout: '', stderr: '' };
  const ticks = [...clock];
  const left = (stream: string) => capBytes - Buffer.byteLength(printed[stream] ?? '');
  provide(context, 'write', (stream, text) => {
    const name = context.getString(stream as never);
    printed[name] += context.getString(text as never);
  });
  provide(context, 'remaining', (stream) =>
    context.newNumber(left(context.getString(stream as never))),
  );
  provide(context, 'now', () => context.newNumber(ticks.shift() ?? 0));
  provide(context, 'promise', (value) => {
    const state = context.getPromiseState(value as never);
    if (state.type === 'fulfilled' && state.notAPromise) return context.undefined;
    const answer = context.newArray();
    context.newString(state.type).consume((text) => context.setProp(answer, 0, text));
    if (state.type === 'fulfilled') state.value.consume((it) => context.setProp(answer, 1, it));
    if (state.type === 'rejected') state.error.consume((it) => context.setProp(answer, 1, it));
    return answer;
  });
  try {
    context.unwrapResult(context.evalCode(source, 'prelude.js')).dispose();
    const thrown = evaluate(context, code, modules !== undefined);
    return { stdout: printed.stdout ?? '', stderr: printed.stderr ?? '', thrown };
  } finally {
    context.dispose();
    runtime.dispose();
  }
}

type Callback = Parameters<QuickJSContext['newFunction']>[1];

function provide(context: QuickJSContext, name: string, callback: Callback): void {
  context
    .newFunction(name, callback)
    .consume((handle) => context.setProp(context.global, name, handle));
}

function evaluate(context: QuickJSContext, code: string, asModule: boolean): string | null {
  const source = asModule ? code : `(async () => {${code}\n})()`;
  const result = context.evalCode(source, 'script.js', asModule ? { type: 'module' } : {});
  if (result.error) return textOf(result.error.consume((it) => context.dump(it)));
  const jobs = context.runtime.executePendingJobs();
  if (jobs.error) return textOf(jobs.error.consume((it) => context.dump(it)));
  return result.value.consume((promise) => {
    const state = context.getPromiseState(promise);
    if (state.type === 'fulfilled' && !state.notAPromise) state.value.dispose();
    if (state.type !== 'rejected') return null;
    return textOf(state.error.consume((it) => context.dump(it)));
  });
}

function textOf(dumped: unknown): string {
  if (typeof dumped !== 'object' || dumped === null) return String(dumped);
  const { name, message } = dumped as { name?: unknown; message?: unknown };
  return `${String(name)}: ${String(message)}`;
}

/** Evaluates all snippets in one process of the Node.js that runs the tests. */
export function runInNode(snippets: readonly string[]): Promise<Printed[]> {
  const program = `
    const { Console } = require('node:console');
    const { Writable } = require('node:stream');
    const AsyncFunction = (async () => {}).constructor;
    let input = '';
    process.stdin.setEncoding('utf8').on('data', (chunk) => { input += chunk; });
    process.stdin.on('end', async () => {
      const results = [];
      for (const code of JSON.parse(input)) {
        const printed = { stdout: '', stderr: '', thrown: null };
        const stream = (name) =>
          new Writable({ decodeStrings: false, write(text, _, done) { printed[name] += text; done(); } });
        const console = new Console({ stdout: stream('stdout'), stderr: stream('stderr') });
        try {
          await new AsyncFunction('console', code + '\\n')(console);
        } catch (error) {
          printed.thrown = error.name + ': ' + error.message;
        }
        results.push(printed);
      }
      process.stdout.write(JSON.stringify(results));
    });`;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--no-warnings', '-e', program],
      { maxBuffer: 64 * 1024 * 1024, env: {} },
      (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout))),
    );
    child.stdin?.end(JSON.stringify(snippets));
  });
}

/** The frames of a stack differ by nature; the text around them must not. */
export const withoutFrames = (text: string): string =>
  text.replace(/(?:\n *(?:at .*?|\.\.\. \d+ lines matching .*\.\.\.)(?= \{$|$))+/gm, '\n    at …');
