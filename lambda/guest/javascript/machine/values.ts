/** Copies primitives and bytes into the machine and out of it. */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import type { BridgeValue } from '../bridge/bridge.ts';
import { decodeText, encodeText } from '../bridge/text.ts';
import type { RawMachine } from './raw-machine.ts';

/** Anything but a primitive or an `ArrayBuffer` arrives as `undefined`, or fails as a guest error. */
export function toHost(
  context: QuickJSContext,
  raw: RawMachine,
  handle: QuickJSHandle,
): BridgeValue {
  switch (context.typeof(handle)) {
    case 'string':
      return decodeText(raw.textOf(handle));
    case 'number':
      return context.getNumber(handle);
    case 'boolean':
      return context.sameValue(handle, context.true);
    case 'object': {
      if (context.sameValue(handle, context.null)) return null;
      const bytes = context.getArrayBuffer(handle);
      const copy = bytes.value.slice();
      bytes.dispose();
      return copy;
    }
    default:
      return undefined;
  }
}

/** @throws {OutOfMemory} the guest has no room for the value */
export function toGuest(
  context: QuickJSContext,
  raw: RawMachine,
  value: BridgeValue,
): QuickJSHandle {
  if (value === undefined) return context.undefined;
  if (value === null) return context.null;
  if (typeof value === 'string') {
    const text = encodeText(value);
    raw.demandRoom(maxTextBytes(text));
    return context.newString(text);
  }
  if (typeof value === 'number') return context.newNumber(value);
  if (typeof value === 'boolean') return value ? context.true : context.false;
  raw.demandRoom(value.byteLength);
  const copy = new ArrayBuffer(value.byteLength);
  new Uint8Array(copy).set(value);
  return context.newArrayBuffer(copy);
}

/** What a text takes as a C string at most: three bytes of UTF-8 for a UTF-16 unit, and the NUL. */
export function maxTextBytes(text: string): number {
  return text.length * 3 + 1;
}
