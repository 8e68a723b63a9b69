/** The host's functions that the prelude finds as globals, and takes away before any script runs. */

import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { BridgeError, type BridgeValue } from '../bridge/bridge.ts';
import { encodeText } from '../bridge/text.ts';
import { OutOfMemory, type RawMachine } from './raw-machine.ts';
import { maxTextBytes, toGuest, toHost } from './values.ts';

/** @param call serves a bridge call of the guest */
export function installHostFunctions(
  context: QuickJSContext,
  raw: RawMachine,
  call: (operation: string, args: BridgeValue[]) => BridgeValue,
): void {
  context.setProp(context.global, '__host', bridgeFunction(context, raw, call));
  context.setProp(context.global, '__promiseState', promiseStateFunction(context));
}

function bridgeFunction(
  context: QuickJSContext,
  raw: RawMachine,
  call: (operation: string, args: BridgeValue[]) => BridgeValue,
): QuickJSHandle {
  return context.newFunction('host', (name, ...handles) => {
    try {
      const args = handles.map((handle) => toHost(context, raw, handle));
      const value = call(name === undefined ? '' : raw.textOf(name), args);
      return toGuest(context, raw, value);
    } catch (thrown) {
      if (thrown instanceof BridgeError) return guestError(context, raw, thrown);
      if (thrown instanceof OutOfMemory) return { error: outOfMemoryError(context) };
      throw thrown;
    }
  });
}

function guestError(
  context: QuickJSContext,
  raw: RawMachine,
  { name, message: text }: BridgeError,
): { error: QuickJSHandle } {
  const message = encodeText(text);
  try {
    raw.demandRoom(maxTextBytes(message));
    return { error: context.newError({ name, message }) };
  } catch (thrown) {
    if (thrown instanceof OutOfMemory) return { error: outOfMemoryError(context) };
    throw thrown;
  }
}

/** As QuickJS itself says it. */
function outOfMemoryError(context: QuickJSContext): QuickJSHandle {
  return context.newError({ name: 'InternalError', message: 'out of memory' });
}

/** The state of a promise, which the language does not expose: `[state, value]`, for the console. */
function promiseStateFunction(context: QuickJSContext): QuickJSHandle {
  return context.newFunction('promiseState', (value) => {
    const state = context.getPromiseState(value);
    if (state.type === 'fulfilled' && state.notAPromise) return context.undefined;
    const pair = context.newArray();
    context.setProp(pair, 0, context.newString(state.type));
    if (state.type === 'fulfilled') context.setProp(pair, 1, state.value);
    if (state.type === 'rejected') context.setProp(pair, 1, state.error);
    return pair;
  });
}
