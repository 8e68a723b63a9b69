/** Strings of QuickJS, unit by unit: quickjs-emscripten ends one at a NUL, and changes lone surrogates. */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import type { WrittenMap } from '../memory/written-map.ts';
import type { RawMachine } from '../raw-machine.ts';

export const STRING_TAG = -7;

/** Where a string has its length, whose highest bit is its width, and its units. */
const layout = { references: 0, length: 4, units: 16 } as const;
const IS_WIDE = 0x8000_0000;

/** What the imported functions are given once there is a machine. */
export interface LibraryMachine {
  readonly context: QuickJSContext;
  readonly raw: RawMachine;
}

interface Strings {
  /** @returns `null` where the value is no string */
  textOf(value: bigint): string | null;
  /** The units of a string, where they are. */
  unitsOf(value: bigint): Buffer;
  create(context: QuickJSContext, text: string): QuickJSHandle;
  /** A new string as a C `JSValue`, with the reference that its receiver frees. */
  value(context: QuickJSContext, text: string): bigint;
}

export function openStrings(memory: WebAssembly.Memory, written: WrittenMap): Strings {
  // Growth detaches buffers: each view is a new one.
  const view = (): DataView<ArrayBuffer> => new DataView(memory.buffer as ArrayBuffer);

  function isWide(value: bigint): boolean {
    return (view().getUint32(pointerIn(value) + layout.length, true) & IS_WIDE) !== 0;
  }

  const strings: Strings = {
    textOf(value) {
      if (tagOf(value) !== STRING_TAG) return null;
      return strings.unitsOf(value).toString(isWide(value) ? 'utf16le' : 'latin1');
    },
    unitsOf(value) {
      const pointer = pointerIn(value);
      const count = view().getUint32(pointer + layout.length, true) & ~IS_WIDE;
      const bytes = isWide(value) ? count * 2 : count;
      return Buffer.from(memory.buffer as ArrayBuffer, pointer + layout.units, bytes);
    },
    create(context, text) {
      const wide = /[^\0-\xff]/.test(text);
      const handle = context.newString((wide ? '\u0100' : 'a').repeat(text.length));
      const units = strings.unitsOf(view().getBigInt64(handle.value, true));
      units.write(text, wide ? 'utf16le' : 'latin1');
      written.mark(units.byteOffset, units.length);
      return handle;
    },
    value(context, text) {
      const handle = strings.create(context, text);
      const value = view().getBigInt64(handle.value, true);
      const references = pointerIn(value) + layout.references;
      view().setInt32(references, view().getInt32(references, true) + 1, true);
      written.mark(references, 4);
      handle.dispose();
      return value;
    },
  };
  return strings;
}

/** The upper half of a C `JSValue`, which says what the lower one is. */
export function tagOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

function pointerIn(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}
