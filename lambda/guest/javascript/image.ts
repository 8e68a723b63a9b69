/**
 * A memory image of a machine whose prelude has been evaluated. Laying it over a machine's memory
 * gives every run a pristine realm, at the cost of a copy.
 */

import type { Instance } from './instance.ts';
import type { ModuleLayout } from './module-layout.ts';

/** Where the machine keeps what an image must know about; the same in every build. */
export interface MemoryLayout extends ModuleLayout {
  /** Address of the C library's program break: everything above it is untouched. */
  readonly breakAddress: number;
  /** Address of the state of `Math.random`: a `u64`. */
  readonly randomAddress: number;
  /** Page on which the C stack begins, to grow down, and behind it the heap. */
  readonly heapStart: number;
  /** Page behind the static data: the C stack reaches down to here at most. */
  readonly dataEnd: number;
}

export interface MemoryImage {
  readonly layout: MemoryLayout;
  /** Of the machine that the image was taken of. */
  readonly addresses: Instance['addresses'];
  /** Pointers of the values that the host holds on to, by name. */
  readonly handles: { readonly [name: string]: number };
  readonly data: Uint8Array;
  readonly heap: Uint8Array;
}

const STACK_CHUNK_BYTES = 16 * 1024;
const zeroes = Buffer.alloc(STACK_CHUNK_BYTES);

/** Takes the image of a machine that is at rest. */
export function captureImage(
  instance: Instance,
  layout: MemoryLayout,
  handles: { readonly [name: string]: number },
): MemoryImage {
  const bytes = new Uint8Array(instance.memory.buffer);
  return {
    layout,
    addresses: instance.addresses,
    handles,
    data: bytes.slice(0, layout.dataEnd),
    heap: bytes.slice(layout.heapStart, programBreak(instance, layout)),
  };
}

/** Makes the machine's memory what it was when the image was taken, with `Math.random` reseeded. */
export function restoreImage(instance: Instance, image: MemoryImage): void {
  const { layout } = image;
  const bytes = Buffer.from(instance.memory.buffer);
  const end = programBreak(instance, layout);
  bytes.set(image.data, 0);
  bytes.set(image.heap, layout.heapStart);
  const imageEnd = layout.heapStart + image.heap.length;
  if (end > imageEnd) bytes.fill(0, imageEnd, end);
  clearStack(bytes, layout);
  bytes.set(freshSeed(), layout.randomAddress);
}

const SEED_BYTES = 8;
const seeds = new Uint8Array(512 * SEED_BYTES);
let seedsUsed = seeds.length;

/** Random bytes, drawn in bulk: a draw costs as much as a small run. */
function freshSeed(): Uint8Array {
  if (seedsUsed === seeds.length) {
    crypto.getRandomValues(seeds);
    seedsUsed = 0;
  }
  seedsUsed += SEED_BYTES;
  return seeds.subarray(seedsUsed - SEED_BYTES, seedsUsed);
}

/** Heap bytes in use at most since the image was laid: the program break never moves back. */
export function heapBytes(instance: Instance, layout: MemoryLayout): number {
  return programBreak(instance, layout) - layout.heapStart;
}

function programBreak(instance: Instance, layout: MemoryLayout): number {
  const view = new DataView(instance.memory.buffer);
  // Clamped: the word lies in memory that a corrupted guest could have written to.
  return Math.min(view.getUint32(layout.breakAddress, true), instance.memory.buffer.byteLength);
}

function clearStack(bytes: Buffer, layout: MemoryLayout): void {
  let untouched = 0;
  for (
    let top = layout.heapStart;
    top - STACK_CHUNK_BYTES >= layout.dataEnd && untouched < 4;
    top -= STACK_CHUNK_BYTES
  ) {
    const chunk = bytes.subarray(top - STACK_CHUNK_BYTES, top);
    if (chunk.equals(zeroes)) untouched += 1;
    else {
      chunk.fill(0);
      untouched = 0;
    }
  }
}
