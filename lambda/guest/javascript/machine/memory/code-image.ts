/**
 * What a machine's memory holds beyond its base image once code has been compiled in it, and perhaps
 * what it imports evaluated: a run of the same code starts from there. It has nothing of any run's
 * inputs in it, as it is taken before the first of them enters the machine.
 */

import { STRETCH_BYTES } from './written-map.ts';

export interface CodeImage {
  /** Numbers of the stretches of memory that differ from the base image, in order. */
  readonly stretches: Uint32Array;
  /** Their bytes, one stretch after the other. */
  readonly content: Buffer;
  /** The linear memory that the heap takes. */
  readonly memoryBytes: number;
}

/** Copies to memory what the image has of a range. */
export function overlay(image: CodeImage, memory: Buffer, from: number, to: number): void {
  const { stretches, content } = image;
  for (let index = firstAt(stretches, Math.floor(from / STRETCH_BYTES)); ; index++) {
    const stretch = stretches[index];
    if (stretch === undefined) return;
    const start = stretch * STRETCH_BYTES;
    if (start >= to) return;
    const first = Math.max(from, start);
    const end = Math.min(to, start + STRETCH_BYTES);
    const at = index * STRETCH_BYTES - start;
    content.copy(memory, first, first + at, end + at);
  }
}

/** Calls back for each range of the image, in order; ranges do not overlap. */
export function eachRange(
  { stretches }: CodeImage,
  visit: (from: number, to: number) => void,
): void {
  for (let index = 0; index < stretches.length; ) {
    const first = stretches[index] ?? 0;
    let count = 1;
    while (stretches[index + count] === first + count) count += 1;
    visit(first * STRETCH_BYTES, (first + count) * STRETCH_BYTES);
    index += count;
  }
}

/** Index of the first stretch with this number or a higher one. */
function firstAt(stretches: Uint32Array, stretch: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle] ?? 0) < stretch) low = middle + 1;
    else high = middle;
  }
  return low;
}
