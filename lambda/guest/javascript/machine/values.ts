/** Copies primitives and bytes into the machine and out of it. */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { BridgeError, type BridgeValue } from '../bridge/bridge.ts';
import { decodeText, encodeText } from '../bridge/text.ts';
import type { RawMachine } from './raw-machine.ts';

/**
 * Any other value than a primitive or an `ArrayBuffer` arrives as `undefined`.
 * @throws {BridgeError} where it is an object, and no `ArrayBuffer`
 */
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
      const bytes = raw.bytesOf(handle);
      if (bytes === null) throw new BridgeError('TypeError', 'The value is no ArrayBuffer');
      return bytes;
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
  if (typeof value === 'string') return context.newString(encodeText(value));
  if (typeof value === 'number') return context.newNumber(value);
  if (typeof value === 'boolean') return value ? context.true : context.false;
  return raw.newBuffer(value);
}
