/** What QuickJS calls back while guest code runs: whether to stop it, and which promises are rejected. */

import type { QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { Fault } from './fault.ts';
import { nativeFunction } from './native-function.ts';
import type { RawMachine } from './raw-machine.ts';

/** Rejected promises that nobody handles yet, and their reasons, by address of the promise. */
export type Rejections = Map<bigint, { promise: QuickJSHandle; reason: QuickJSHandle }>;

/**
 * Installs the interrupt handler and finds out where: the C struct of the runtime holds the
 * handler's function pointer, its argument, and next to them the rejection tracker's pointer.
 * @param interrupt whether to stop the guest now
 * @returns the address of the rejection tracker's pointer
 */
export function setInterruptHandler(
  runtime: QuickJSRuntime,
  raw: RawMachine,
  memory: WebAssembly.Memory,
  fault: Fault,
  interrupt: () => boolean,
): number {
  const [address] = raw.addresses;
  const structBytes = 1024;
  const before = new Uint32Array(memory.buffer.slice(address, address + structBytes));
  runtime.setInterruptHandler(interrupt);
  // In the place of the library's, which makes an interruption of whatever fails in it.
  raw.callbacks.shouldInterrupt = () => fault.guard(() => (interrupt() ? 1 : 0));
  const after = new Uint32Array(memory.buffer.slice(address, address + structBytes));
  const slot = after.findIndex((word, index) => word !== before[index]);
  if (slot < 0 || after[slot + 2] !== 0 || after[slot + 3] !== 0) {
    throw new Error('The QuickJS runtime is not laid out as expected.');
  }
  return address + (slot + 2) * 4;
}

/** @param trackerAddress what {@link setInterruptHandler} gave */
export function trackRejections(
  raw: RawMachine,
  memory: WebAssembly.Memory,
  fault: Fault,
  trackerAddress: number,
): Rejections {
  const unhandled: Rejections = new Map();
  // A C `JSValue` that quickjs-emscripten can copy from.
  const cell = raw.allocate(8);
  const keep = (value: bigint): QuickJSHandle => {
    raw.setValue(cell, value);
    return raw.duplicateAt(cell);
  };
  const track = (_context: number, promise: bigint, reason: bigint, handled: number): void =>
    fault.guard(() => {
      if (handled) unhandled.delete(promise);
      else unhandled.set(promise, { promise: keep(promise), reason: keep(reason) });
    });
  // QuickJS's `JSHostPromiseRejectionTracker`.
  const tracker = nativeFunction(['i32', 'i64', 'i64', 'i32', 'i32'], [], track);
  const index = raw.table.grow(1);
  raw.table.set(index, tracker);
  new DataView(memory.buffer).setUint32(trackerAddress, index, true);
  return unhandled;
}
