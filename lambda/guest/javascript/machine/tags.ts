/** The tag of a C `JSValue`: its upper half says what the lower one is. */

/** QuickJS's `JS_TAG_EXCEPTION`: what a C function answers that has thrown. */
export const EXCEPTION_TAG = 6;

/** QuickJS's `JS_TAG_INT`: the lower half is the number. */
const INTEGER_TAG = 0;

/** The least tag, and how many from there on are no upper halves of numbers with a fraction. */
const [FIRST_TAG, OTHER_TAGS] = [-9, 17] as const;

/** What QuickJS takes off the upper half of a number with a fraction, so that it looks like no other tag. */
export const FRACTION_ADDEND = 0x7ff8_000a;

export const VALUE_BYTES = 8;

/** @returns a function that reads the tag of the value at an address */
export function tagReader(memory: WebAssembly.Memory): (address: number) => number {
  let words = new Int32Array(memory.buffer);
  return (address) => {
    // Growing the memory detaches the buffer before.
    if (words.length === 0) words = new Int32Array(memory.buffer);
    return words[(address >>> 2) + 1] ?? 0;
  };
}

/** @returns a function that reads the number at an address; `null` where the value is none */
export function numberReader(memory: WebAssembly.Memory): (address: number) => number | null {
  const bits = new Int32Array(2);
  const number = new Float64Array(bits.buffer);
  let words = new Int32Array(memory.buffer);
  return (address) => {
    // Growing the memory detaches the buffer before.
    if (words.length === 0) words = new Int32Array(memory.buffer);
    const low = words[address >>> 2] ?? 0;
    const tag = words[(address >>> 2) + 1] ?? 0;
    if (tag === INTEGER_TAG) return low;
    if ((tag - FIRST_TAG) >>> 0 < OTHER_TAGS) return null;
    bits[0] = low;
    bits[1] = tag + FRACTION_ADDEND;
    return number[0] ?? null;
  };
}
