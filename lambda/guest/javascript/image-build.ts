/** Makes the memory image at build time: evaluates the prelude once, for every run to come. */

import { captureImage, type MemoryImage, type MemoryLayout } from './image.ts';
import { createInstance, type Instance, pointerOf } from './instance.ts';
import { entryPoints, preludeName } from './realm.ts';

const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;

/**
 * @param wasm quickjs-emscripten's binary with its function table exported
 * @param prelude source of the web platform, a script whose value is its {@link entryPoints}
 * @throws {Error} where QuickJS does not behave as expected, or the prelude fails
 */
export async function buildImage(wasm: WebAssembly.Module, prelude: string): Promise<MemoryImage> {
  // Emscripten copies the locale to the C heap; sandboxes, with an empty environment, have this one.
  Object.defineProperty(globalThis, 'navigator', { value: { language: 'en-US' } });
  const layout = await discoverLayout(wasm);
  const instance = await newInstance(wasm);
  const { context } = instance;
  const entries = context.unwrapResult(context.evalCode(prelude, preludeName, { type: 'global' }));
  context.unwrapResult(instance.runtime.executePendingJobs());
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

function newInstance(wasm: WebAssembly.Module): Promise<Instance> {
  return createInstance(wasm, 512 * MIB, {
    call: (operation) => {
      throw new Error(`The prelude called ${operation} while it was evaluated.`);
    },
    interrupt: () => false,
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
  return { breakAddress, randomAddress, ...findStack(new Uint8Array(before)) };
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
  let heapStart = dataEnd;
  while (untouched(heapStart)) heapStart += PAGE_BYTES;
  if (heapStart - dataEnd < 4 * MIB) throw new Error('The C stack was not found in QuickJS.');
  return { dataEnd, heapStart };
}

function theOnly(found: number[], what: string): number {
  const [address] = found;
  if (address === undefined || found.length > 1) {
    throw new Error(`The ${what} was not found in the memory of QuickJS.`);
  }
  return address;
}
