/** A realm with nothing but the web platform in it, over the operations that serve it. */

import { build } from 'esbuild';
import { getQuickJS, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten';
import { BridgeError, type BridgeValue } from '../../../../lambda/guest/javascript/bridge.ts';
import {
  platformOperations,
  platformTasks,
} from '../../../../lambda/guest/javascript/platform/operations.ts';
import { decodeText, encodeText } from '../../../../lambda/guest/javascript/text.ts';

const preludeFolder = new URL('../../../../lambda/guest/javascript/prelude/', import.meta.url);

/** Installs all areas in the order in which they build on each other. */
const entry = `
import { createBridge } from './bridge.ts';
import { installDomException } from './dom-exception.ts';
import { installEvents } from './event.ts';
import { installEventTarget } from './event-target.ts';
import { installMicrotask } from './microtask.ts';
import { installTimers } from './timers.ts';
import { installAbort } from './abort.ts';
import { installEncoding } from './encoding.ts';
import { installBase64 } from './base64.ts';
import { installUrlSearchParams } from './url-search-params.ts';
import { installUrl } from './url.ts';
import { installUrlPattern } from './url-pattern.ts';
import { installClone } from './clone.ts';
import { installPerformance, nowMs } from './performance.ts';
import { installNavigator } from './navigator.ts';
import { installCrypto } from './crypto.ts';
import { installIntl } from './intl.ts';

const global = globalThis;
const host = createBridge(global.__host);
delete global.__host;
const prelude = {
  global,
  host,
  define(names, { enumerable = false } = {}) {
    for (const [name, value] of Object.entries(names)) {
      Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable });
    }
  },
};
installDomException(prelude);
installEvents(prelude, nowMs);
installEventTarget(prelude);
installMicrotask(prelude);
const timers = installTimers(prelude);
installAbort(prelude, (callback, delayMs) => global.setTimeout(callback, delayMs));
installEncoding(prelude);
installBase64(prelude);
installUrlSearchParams(prelude);
installUrl(prelude);
installUrlPattern(prelude);
installClone(prelude);
installPerformance(prelude);
installNavigator(prelude);
installCrypto(prelude);
installIntl(prelude);
export { timers, host };
`;

/** Keeps what the script's promise comes to, as JSON. */
const tracker = String.raw`
globalThis.__done = null;
globalThis.__track = (promise) => promise.then(
  ({ value }) => { __done = [true, value === undefined ? null : JSON.stringify(value) ?? null]; },
  (error) => { __done = [false, error?.name + ': ' + error?.message + '\n' + error?.stack]; },
);`;

let bundle: Promise<string> | null = null;

async function bundlePrelude(): Promise<string> {
  const result = await build({
    stdin: { contents: entry, resolveDir: preludeFolder.pathname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: '__prelude',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2023',
    logLevel: 'error',
  });
  return result.outputFiles[0]?.text ?? '';
}

export interface Evaluation {
  /** JSON of the script's value (awaited), as the guest gives it. */
  readonly value: unknown;
  /** What the guest printed with `console.log(text)`. */
  readonly output: string;
  /** Name, message and stack of what the script failed with. */
  readonly error: string | null;
}

/** Runs a script whose completion value is the result, with `await` at top level. */
export async function evaluate(script: string, timeoutMs = 20_000): Promise<Evaluation> {
  bundle ??= bundlePrelude();
  const source = await bundle;
  const context = (await getQuickJS()).newContext();
  try {
    return await run(context, source, script, timeoutMs);
  } finally {
    try {
      context.dispose();
    } catch {
      // Handles that a failed script left behind.
    }
  }
}

async function run(
  context: QuickJSContext,
  prelude: string,
  script: string,
  timeoutMs: number,
): Promise<Evaluation> {
  const origin = performance.now();
  let output = '';
  const settled: [number, string, Uint8Array][] = [];
  let pending = 0;
  context.runtime.setMaxStackSize(1024 * 1024);
  const deadline = Date.now() + timeoutMs;
  context.runtime.setInterruptHandler(() => Date.now() > deadline);
  const operations: Record<string, (...args: BridgeValue[]) => BridgeValue> = {
    ...platformOperations,
    'clock.now': () => performance.now() - origin,
    'clock.origin': () => performance.timeOrigin + origin,
    'task.start': (id, kind, json, bytes) => {
      const task = platformTasks[String(kind)];
      if (task === undefined) throw new BridgeError('TypeError', 'There is no such task');
      pending += 1;
      void task(String(json), bytes as Uint8Array).then((done) => {
        pending -= 1;
        settled.push([Number(id), done.json, done.bytes]);
      });
      return undefined;
    },
    'task.cancel': () => undefined,
  };
  const host = context.newFunction('host', (name, ...handles) => {
    try {
      const operation = operations[context.getString(name)];
      if (operation === undefined) throw new Error(`There is no ${context.getString(name)}`);
      return toGuest(context, operation(...handles.map((handle) => toHost(context, handle))));
    } catch (error) {
      const { name, message } = error as Error;
      if (!(error instanceof BridgeError)) process.stderr.write(`${(error as Error).stack}\n`);
      return { error: context.newError({ name, message: encodeText(message) }) };
    }
  });
  context.setProp(context.global, '__host', host);
  context
    .newFunction('print', (text) => {
      output += `${context.getString(text)}\n`;
    })
    .consume((print) => {
      const console = context.newObject();
      context.setProp(console, 'log', print);
      context.setProp(context.global, 'console', console);
      console.dispose();
    });
  host.dispose();
  context.unwrapResult(context.evalCode(prelude, 'engine:prelude')).dispose();
  context.unwrapResult(context.evalCode(tracker)).dispose();
  try {
    return { value: await finish(), output, error: null };
  } catch (error) {
    return { value: null, output, error: error instanceof Error ? error.message : String(error) };
  }

  /** Turns the event loop until nothing is pending any more. */
  async function finish(): Promise<unknown> {
    const result = context.evalCode(script, 'script.js', 128);
    if (result.error) throw new Error(JSON.stringify(context.dump(result.error)));
    const track = context.getProp(context.global, '__track');
    context.unwrapResult(context.callFunction(track, context.undefined, result.value)).dispose();
    result.value.dispose();
    track.dispose();
    const evaluateText = (code: string): unknown =>
      context.unwrapResult(context.evalCode(code)).consume((handle) => context.dump(handle));
    for (;;) {
      const jobs = context.runtime.executePendingJobs();
      if (jobs.error) throw new Error(JSON.stringify(context.dump(jobs.error)));
      const next = settled.shift();
      if (next !== undefined) {
        const settle = context.unwrapResult(context.evalCode('__prelude.host.settle'));
        const args = [
          context.newNumber(next[0]),
          context.newString(encodeText(next[1])),
          toGuest(context, next[2]),
        ];
        context.unwrapResult(context.callFunction(settle, context.undefined, args)).dispose();
        for (const handle of [...args, settle]) handle.dispose();
        continue;
      }
      const due = Number(evaluateText('__prelude.timers.next()'));
      if (due === 0) evaluateText('__prelude.timers.fire()');
      else if (due < 0 && pending === 0) break;
      else await new Promise((resolve) => setTimeout(resolve, pending > 0 ? 1 : due));
      if (Date.now() > deadline) throw new Error('The script did not end in time');
    }
    const done = evaluateText('__done') as [boolean, string | null] | null;
    if (done === null) throw new Error('The script awaits what nothing settles');
    if (!done[0]) throw new Error(String(done[1]));
    return done[1] === null ? null : JSON.parse(done[1]);
  }
}

function toHost(context: QuickJSContext, handle: QuickJSHandle): BridgeValue {
  const type = context.typeof(handle);
  if (type === 'string') return decodeText(context.getString(handle));
  if (type === 'number') return context.getNumber(handle);
  if (type === 'boolean') return Boolean(context.dump(handle));
  if (type !== 'object') return undefined;
  if (context.sameValue(handle, context.null)) return null;
  const bytes = context.getArrayBuffer(handle);
  const copy = bytes.value.slice();
  bytes.dispose();
  return copy;
}

function toGuest(context: QuickJSContext, value: BridgeValue): QuickJSHandle {
  if (value === undefined) return context.undefined;
  if (value === null) return context.null;
  if (typeof value === 'string') return context.newString(encodeText(value));
  if (typeof value === 'number') return context.newNumber(value);
  if (typeof value === 'boolean') return value ? context.true : context.false;
  return context.newArrayBuffer(new Uint8Array(value).buffer);
}
