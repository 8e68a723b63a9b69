/** A WebAssembly module with write tracking in it, and the map of what it has written to. */

import { trackBulkMemory } from '../../../lambda/guest/javascript/build/bulk-memory.ts';
import { trackWrites } from '../../../lambda/guest/javascript/build/write-tracking.ts';
import {
  MAP_ADDRESS,
  MAP_END,
  WrittenMap,
} from '../../../lambda/guest/javascript/machine/memory/written-map.ts';
import { inspect } from '../../../lambda/guest/wasm-binary/inspect.ts';
import { rewrite } from '../../../lambda/guest/wasm-binary/rewrite.ts';
import { wat } from './wat.ts';

export const MEMORY_PAGES = 64;
const CHUNK_BYTES = 4096;

export interface Tracked {
  readonly memory: WebAssembly.Memory;
  readonly written: WrittenMap;
  call(name: string, ...args: (number | bigint)[]): unknown;
}

/** @param functions in the text format */
export function tracked(functions: string): Tracked {
  const module = wat(`(module (import "m" "memory" (memory ${MEMORY_PAGES})) ${functions})`);
  const bytes = changed(changed(module, trackBulkMemory), trackWrites);
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { memory } });
  return {
    memory,
    written: new WrittenMap(memory),
    call: (name, ...args) => (exports[name] as (...args: unknown[]) => unknown)(...args),
  };
}

function changed(module: Uint8Array, track: typeof trackWrites): Uint8Array<ArrayBuffer> {
  const shape = inspect(module);
  return rewrite(module, shape.sections, track(module, shape)).bytes;
}

/** @returns where bytes outside the map were changed by an action that the map does not know of */
export function unknownWrites({ memory, written }: Tracked, action: () => void): number[] {
  const before = Buffer.from(memory.buffer.slice(0));
  action();
  const after = Buffer.from(memory.buffer.slice(0));
  // What is known to be written to is put back: then nothing may differ.
  written.take((from, to) => after.set(before.subarray(from, to), from));
  after.set(before.subarray(MAP_ADDRESS, MAP_END), MAP_ADDRESS);
  const missed: number[] = [];
  for (let at = 0; at < after.length; at += CHUNK_BYTES) {
    if (after.compare(before, at, at + CHUNK_BYTES, at, at + CHUNK_BYTES) !== 0) missed.push(at);
  }
  return missed;
}
