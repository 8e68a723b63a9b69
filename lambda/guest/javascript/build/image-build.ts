/** Makes the memory image at build time: evaluates the prelude once, for every run to come. */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { syntaxGlobal } from '../bridge/syntax-global.ts';
import { createInstance, type Instance } from '../machine/instance.ts';
import { captureImage, type MemoryImage, type MemoryLayout } from '../machine/memory/image.ts';
import { MAP_ADDRESS, MAP_END } from '../machine/memory/written-map.ts';
import { pointerOf } from '../machine/raw-machine.ts';
import { entryPoints, preludeScheme } from '../machine/realm.ts';
import { discoverModuleLayout } from './module-layout.ts';

const PAGE_BYTES = 4096;
/** QuickJS's `JS_STRIP_SOURCE`: functions do not keep their text, and print as native ones. */
const STRIP_SOURCE = 1;
const MIB = 1024 * 1024;
const STACK_ALIGNMENT = 16;

/** The prelude as ES modules, so that QuickJS need not hold the parse of all of it at once. */
export interface PreludeModules {
  /** Path of the module that exports the {@link entryPoints}. */
  readonly main: string;
  /** Sources by absolute path. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * @param wasm quickjs-emscripten's binary with its function table exported
 * @throws {Error} where QuickJS does not behave as expected, or the prelude fails
 */
export async function buildImage(
  wasm: WebAssembly.Module,
  { main, sources }: PreludeModules,
): Promise<MemoryImage> {
  // Emscripten copies the locale to the C heap; sandboxes, with an empty environment, have this one.
  Object.defineProperty(globalThis, 'navigator', { value: { language: 'en-US' } });
  const layout = await discoverLayout(wasm);
  const stripAddress = await findStripFlags(wasm);
  const instance = await newInstance(wasm);
  const { context, runtime, memory } = instance;
  const sourceOf = (path: string): string | Error =>
    sources.get(path) ?? new Error(`The prelude has no ${path}.`);
  runtime.setModuleLoader(
    (name) => {
      const source = sourceOf(name.slice(preludeScheme.length));
      return typeof source === 'string' ? source : { error: source };
    },
    (base, specifier) =>
      preludeScheme + new URL(specifier, base.replace(preludeScheme, 'file://')).pathname,
  );
  const strip = (flags: number): void => new DataView(memory.buffer).setUint8(stripAddress, flags);
  strip(STRIP_SOURCE);
  const entry = context.evalCode(sources.get(main) ?? '', preludeScheme + main, { type: 'module' });
  const exported = context.unwrapResult(entry);
  const entries = context.getProp(exported, 'entries');
  declareSyntax(context, context.getProp(exported, 'syntax'));
  context.unwrapResult(runtime.executePendingJobs());
  strip(0);
  const handles = Object.fromEntries(
    entryPoints.map((name) => {
      const entry = context.getProp(entries, name);
      if (context.typeof(entry) !== 'function') throw new Error(`The prelude lacks ${name}.`);
      return [name, pointerOf(entry)];
    }),
  );
  entries.dispose();
  return captureImage(instance, layout, handles);
}

/** A constant of the global scope, which is no property of the global object. */
function declareSyntax(context: QuickJSContext, syntax: QuickJSHandle): void {
  context.setProp(context.global, syntaxGlobal, syntax);
  const declaration = `const ${syntaxGlobal} = globalThis.${syntaxGlobal}`;
  context.unwrapResult(
    context.evalCode(
      `${declaration}; delete globalThis.${syntaxGlobal};`,
      `${preludeScheme}syntax`,
    ),
  );
}

function newInstance(wasm: WebAssembly.Module): Promise<Instance> {
  return createInstance(wasm, 512 * MIB, {
    call: (operation) => {
      throw new Error(`The prelude called ${operation} while it was evaluated.`);
    },
    interrupt: () => false,
    onClock() {},
  });
}

async function discoverLayout(wasm: WebAssembly.Module): Promise<MemoryLayout> {
  const { context, memory } = await newInstance(wasm);
  const before = memory.buffer.slice(0);
  context.newArrayBuffer(new ArrayBuffer(8 * MIB));
  const breakAddress = findBreak(new Uint32Array(before), new Uint32Array(memory.buffer));
  const seeded = new BigUint64Array(memory.buffer.slice(0));
  context.unwrapResult(context.evalCode('Math.random()'));
  const randomAddress = findRandomState(seeded, new BigUint64Array(memory.buffer));
  return {
    breakAddress,
    randomAddress,
    ...findStack(new Uint8Array(before)),
    stackEnd: findStackEnd(await newInstance(wasm)),
    ...(await discoverModuleLayout(() => newInstance(wasm))),
  };
}

/**
 * Finds the runtime's strip flags, which quickjs-emscripten has no setter for: the byte behind the
 * rejection tracker that makes functions lose their text.
 */
async function findStripFlags(wasm: WebAssembly.Module): Promise<number> {
  const { raw, trackerAddress } = await newInstance(wasm);
  const found: number[] = [];
  for (let offset = 8; offset < 128; offset++) {
    const { context, memory } = await newInstance(wasm);
    const address = trackerAddress + offset;
    const bytes = new Uint8Array(memory.buffer);
    if (bytes[address] !== 0) continue;
    bytes[address] = STRIP_SOURCE;
    try {
      const text = context.unwrapResult(context.evalCode('(function () { return 1 }).toString()'));
      if (context.getString(text).includes('[native code]')) found.push(address);
    } catch {
      // Some other field, that must not be written to.
    }
  }
  return theOnly(found, `strip flag of the runtime at ${raw.addresses[0]}`);
}

/** The program break is the one word that moved up by the allocation, from page to page. */
function findBreak(before: Uint32Array, after: Uint32Array): number {
  const found: number[] = [];
  before.forEach((from, index) => {
    const to = after[index] ?? 0;
    const moved = to - from;
    if (moved >= 8 * MIB && moved < 9 * MIB && to % PAGE_BYTES === 0 && from % PAGE_BYTES === 0) {
      found.push(index * 4);
    }
  });
  return theOnly(found, 'program break');
}

/** The word that went through one step of xorshift64*, QuickJS's `Math.random`. */
function findRandomState(before: BigUint64Array, after: BigUint64Array): number {
  const found: number[] = [];
  before.forEach((from, index) => {
    if (from === after[index]) return;
    let state = from ^ (from >> 12n);
    state = BigInt.asUintN(64, state ^ (state << 25n));
    if ((state ^ (state >> 27n)) === after[index]) found.push(index * 8);
  });
  return theOnly(found, 'state of Math.random');
}

/** Between the static data and the heap lies the C stack: megabytes of untouched pages. */
function findStack(bytes: Uint8Array): Pick<MemoryLayout, 'dataEnd' | 'heapStart'> {
  const untouched = (page: number): boolean =>
    bytes.subarray(page, page + PAGE_BYTES).every((byte) => byte === 0);
  let dataEnd = 0;
  while (!untouched(dataEnd)) dataEnd += PAGE_BYTES;
  if (dataEnd > MAP_ADDRESS) throw new Error("QuickJS's static data reach into the map of writes.");
  let heapStart = MAP_END;
  while (untouched(heapStart)) heapStart += PAGE_BYTES;
  if (heapStart - MAP_END < 2 * MIB) throw new Error('The C stack was not found in QuickJS.');
  return { dataEnd, heapStart };
}

/** Emscripten puts the name of what is evaluated on the C stack, while there is nothing else. */
function findStackEnd({ context, memory }: Instance): number {
  const name = 'the first on the stack';
  context.unwrapResult(context.evalCode('0', name));
  const found = Buffer.from(memory.buffer).indexOf(`${name}\0`);
  if (found < MAP_END) throw new Error('The C stack was not found in QuickJS.');
  return Math.ceil((found + name.length + 1) / STACK_ALIGNMENT) * STACK_ALIGNMENT;
}

function theOnly(found: number[], what: string): number {
  const [address] = found;
  if (address === undefined || found.length > 1) {
    throw new Error(`The ${what} was not found in the memory of QuickJS.`);
  }
  return address;
}
