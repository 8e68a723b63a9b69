/**
 * Puts a machine's memory back to what it was before a run: to the base image, or to one of compiled
 * code over it. Only what has been written to since is copied.
 */

import type { Instance } from '../instance.ts';
import { type CodeImage, eachRange, overlay } from './code-image.ts';
import { layImage, type MemoryImage, programBreak } from './image.ts';
import { MAP_ADDRESS, MAP_END, STRETCH_BYTES } from './written-map.ts';

const PAGE_BYTES = 65536;
const SEED_BYTES = 8;
/** From here on an image has room to grow: the system gives no memory to what is not written to. */
const LARGE_IMAGE_BYTES = 2 ** 20;

export class PristineMemory {
  readonly #instance: Instance;
  readonly #base: MemoryImage;
  #laid: CodeImage | null = null;

  /** Lays the base image over the memory of a machine that has just been built. */
  constructor(instance: Instance, base: MemoryImage) {
    this.#instance = instance;
    this.#base = base;
    layImage(instance, base);
    this.restore(null);
  }

  /** What {@link restore} puts back at the least cost: the image that the memory was last put back to. */
  get laid(): CodeImage | null {
    return this.#laid;
  }

  /**
   * Makes the memory what the image says, with `Math.random` reseeded.
   * @param target `null` for the base image
   * @returns whether that is done; where not, the machine is not to be used again
   * @throws {OutOfMemory} the image takes more memory than the machine may have
   */
  restore(target: CodeImage | null): boolean {
    const instance = this.#instance;
    const { written } = instance;
    if (written.tampered) return false;
    const laid = this.#laid;
    if (target !== laid && target !== null) this.#growFor(target);
    const bytes = Buffer.from(instance.memory.buffer);
    this.#restoreStack(
      bytes,
      this.#takeWritten((from, to) => {
        this.#copyBase(bytes, from, to);
        if (target !== null && target === laid) overlay(target, bytes, from, to);
      }),
    );
    if (target !== laid) {
      if (laid !== null) eachRange(laid, (from, to) => this.#copyBase(bytes, from, to));
      if (target !== null) eachRange(target, (from, to) => overlay(target, bytes, from, to));
      this.#laid = target;
    }
    bytes.set(freshSeed(), this.#base.layout.randomAddress);
    return true;
  }

  /**
   * Takes an image of the memory while no code runs in it; later restores start from it.
   * @param over an image that nobody needs any more: its bytes are written over, as new memory is slow
   * @returns `null` where the map of writes has been tampered with
   */
  capture(over: CodeImage | null = null): CodeImage | null {
    const { memory, written } = this.#instance;
    if (written.tampered) return null;
    const { layout } = this.#base;
    const bytes = Buffer.from(memory.buffer);
    // A byte for each stretch, 1 where it may differ from the base image.
    const marks = Buffer.alloc(Math.ceil(bytes.length / STRETCH_BYTES));
    if (this.#laid !== null) {
      eachRange(this.#laid, (from, to) => marks.fill(1, from / STRETCH_BYTES, to / STRETCH_BYTES));
    }
    this.#restoreStack(
      bytes,
      this.#takeWritten((from, to) => {
        marks.fill(1, Math.floor(from / STRETCH_BYTES), Math.ceil(to / STRETCH_BYTES));
      }),
    );
    // Whatever the code has drawn from it is not part of what it compiles to.
    bytes.fill(0, layout.randomAddress, layout.randomAddress + SEED_BYTES);
    const { stretches, content } = takeStretches(
      bytes,
      this.#differing(bytes, marks),
      over?.content.buffer,
    );
    bytes.set(freshSeed(), layout.randomAddress);
    const heapEnd = programBreak(this.#instance, layout);
    const memoryBytes = Math.ceil(heapEnd / PAGE_BYTES) * PAGE_BYTES;
    this.#laid = { stretches, content, memoryBytes };
    return this.#laid;
  }

  /**
   * Leaves the marks of stretches that do differ from the base image. Of the map of writes and of the
   * C stack, no image has anything.
   */
  #differing(bytes: Buffer, marks: Buffer): Buffer {
    const { data, heap, layout } = this.#base;
    const { heapStart } = layout;
    marks.fill(0, MAP_ADDRESS / STRETCH_BYTES, Math.floor(heapStart / STRETCH_BYTES));
    const compare = (base: Buffer, start: number): void => {
      const end = Math.floor((start + base.length) / STRETCH_BYTES);
      let stretch = marks.indexOf(1, Math.ceil(start / STRETCH_BYTES));
      while (stretch !== -1 && stretch < end) {
        const from = stretch * STRETCH_BYTES;
        const to = from + STRETCH_BYTES;
        if (base.compare(bytes, from, to, from - start, to - start) === 0) marks[stretch] = 0;
        stretch = marks.indexOf(1, stretch + 1);
      }
    };
    compare(data, 0);
    compare(heap, heapStart);
    return marks;
  }

  /** @returns the lowest address of the C stack that may have been written to */
  #takeWritten(visit: (from: number, to: number) => void): number {
    const { stackEnd } = this.#base.layout;
    let stackUsed = stackEnd;
    this.#instance.written.take((from, to) => {
      if (from >= MAP_END && from < stackUsed) stackUsed = from;
      visit(from, to);
    });
    return stackUsed;
  }

  /** All of it: the host puts file names there, and the functions that it calls write below them. */
  #restoreStack(bytes: Buffer, used: number): void {
    const { heapStart, stackEnd } = this.#base.layout;
    if (used < heapStart) bytes.fill(0, used, heapStart);
    if (used < stackEnd) this.#base.heap.copy(bytes, heapStart, 0, stackEnd - heapStart);
  }

  #copyBase(bytes: Buffer, from: number, to: number): void {
    const { data, heap, layout } = this.#base;
    const { dataEnd, heapStart } = layout;
    const heapEnd = heapStart + heap.length;
    if (from < dataEnd) data.copy(bytes, from, from, to);
    if (from < MAP_ADDRESS && to > dataEnd) {
      bytes.fill(0, Math.max(from, dataEnd), Math.min(to, MAP_ADDRESS));
    }
    // Views of the ranges would be more garbage than the rest of a small run.
    if (from < heapEnd && to > heapStart) {
      const first = Math.max(from, heapStart);
      heap.copy(bytes, first, first - heapStart, to - heapStart);
    }
    if (to > heapEnd) bytes.fill(0, Math.max(from, heapEnd), to);
  }

  /** By an allocation: only Emscripten itself can grow the memory. The restore that follows undoes it. */
  #growFor({ memoryBytes }: CodeImage): void {
    const { memory, raw } = this.#instance;
    if (memory.buffer.byteLength >= memoryBytes) return;
    const { layout, heap } = this.#base;
    raw.release(raw.allocate(memoryBytes - layout.heapStart - heap.length));
  }
}

/** Copies the stretches that are marked. @param over memory to use where it suffices */
function takeStretches(
  bytes: Buffer,
  marks: Buffer,
  over?: ArrayBufferLike,
): Pick<CodeImage, 'stretches' | 'content'> {
  const runs: (readonly [first: number, end: number])[] = [];
  let count = 0;
  for (let first = marks.indexOf(1); first !== -1; ) {
    const next = marks.indexOf(0, first);
    const end = next === -1 ? marks.length : next;
    runs.push([first, end]);
    count += end - first;
    first = marks.indexOf(1, end);
  }
  const stretches = new Uint32Array(count);
  const length = count * STRETCH_BYTES;
  const room =
    over !== undefined && over.byteLength >= length
      ? over
      : Buffer.allocUnsafeSlow(length + (length < LARGE_IMAGE_BYTES ? 0 : length >>> 1)).buffer;
  const content = Buffer.from(room, 0, length);
  let taken = 0;
  for (const [first, end] of runs) {
    bytes.copy(content, taken * STRETCH_BYTES, first * STRETCH_BYTES, end * STRETCH_BYTES);
    for (let stretch = first; stretch < end; stretch += 1) stretches[taken++] = stretch;
  }
  return { stretches, content };
}

const SEEDS_AT_ONCE = 512;
let seeds = new Uint8Array(0);
let seedsUsed = 0;

/** @param bytes random ones, to be used first: those of this process take 5 ms to load what draws them */
export function provideSeeds(bytes: Uint8Array<ArrayBuffer>): void {
  seeds = bytes.subarray(0, bytes.length - (bytes.length % SEED_BYTES));
  seedsUsed = 0;
}

/** Random bytes, drawn in bulk: a draw costs as much as a small run. */
function freshSeed(): Uint8Array {
  if (seedsUsed === seeds.length) {
    seeds = crypto.getRandomValues(new Uint8Array(SEEDS_AT_ONCE * SEED_BYTES));
    seedsUsed = 0;
  }
  seedsUsed += SEED_BYTES;
  return seeds.subarray(seedsUsed - SEED_BYTES, seedsUsed);
}
