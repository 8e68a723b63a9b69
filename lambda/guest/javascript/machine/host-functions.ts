/**
 * The host's functions that the prelude finds as globals, and takes away before any script runs. None
 * of them runs a script's code: they read and make primitives and buffers, and throw texts.
 */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { BridgeError, type BridgeValue } from '../bridge/bridge.ts';
import { failureText, type NamedFailure } from '../bridge/failure-text.ts';
import { encodeText } from '../bridge/text.ts';
import type { Fault } from './fault.ts';
import { OutOfMemory } from './library.ts';
import { pointerOf, type RawMachine } from './raw-machine.ts';
import { VALUE_BYTES } from './tags.ts';
import { toGuest, toHost } from './values.ts';

/** @returns the address of a new value; 0 for `undefined` */
type HostFunction = (args: QuickJSHandle[]) => number;

/** @param call serves a bridge call of the guest */
export function installHostFunctions(
  context: QuickJSContext,
  raw: RawMachine,
  fault: Fault,
  call: (operation: string, args: BridgeValue[]) => BridgeValue,
): void {
  const newValue = (value: BridgeValue): number => {
    if (value === undefined) return 0;
    const pointer = pointerOf(toGuest(context, raw, value));
    // The library has only one of each of these.
    const isShared = value === null || typeof value === 'boolean';
    return isShared ? pointerOf(raw.duplicateAt(pointer)) : pointer;
  };
  const functions: { readonly [name: string]: HostFunction } = {
    __host([name, ...handles]) {
      const args = handles.map((handle) => toHost(context, raw, handle));
      return newValue(call(name === undefined ? '' : raw.textOf(name), args));
    },
    /** `pending`, `fulfilled` or `rejected`: the language does not expose it. */
    __promiseState([value]) {
      const state = value === undefined ? null : context.getPromiseState(value);
      if (state === null || (state.type === 'fulfilled' && state.notAPromise)) return 0;
      return newValue(state.type);
    },
    /** What a promise was fulfilled with or rejected for. */
    __promiseResult([value]) {
      const state = value === undefined ? null : context.getPromiseState(value);
      if (state === null || state.type === 'pending') return 0;
      return pointerOf(state.type === 'rejected' ? state.error : state.value);
    },
  };
  const numbered = Object.values(functions);
  Object.keys(functions).forEach((name, index) => {
    const value = raw.newFunction(name, index + 1);
    context.defineProp(context.global, name, { value, configurable: true });
  });

  raw.callbacks.callFunction = (_asyncify, _context, _self, count, values, number) =>
    fault.guard(() => {
      const args = Array.from({ length: count }, (_, index) =>
        raw.handleAt(values + index * VALUE_BYTES),
      );
      try {
        return numbered[number - 1]?.(args) ?? 0;
      } catch (thrown) {
        const text = encodeText(failureText(failureOf(thrown)));
        return raw.throwValue(context.newString(text));
      }
    });
  // The prelude keeps the functions for as long as the machine is there.
  raw.callbacks.freeHostRef = () => {};
}

/** @throws where it is a fault of the host */
function failureOf(thrown: unknown): NamedFailure {
  if (thrown instanceof BridgeError) return thrown;
  // As QuickJS itself says it.
  if (thrown instanceof OutOfMemory) return { name: 'InternalError', message: 'out of memory' };
  throw thrown;
}
