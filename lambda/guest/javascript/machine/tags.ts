/** The tag of a C `JSValue`: its upper half says what the lower one is. */

/** QuickJS's `JS_TAG_EXCEPTION`: what a C function answers that has thrown. */
export const EXCEPTION_TAG = 6;

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
