/**
 * The guest's `crypto`, served by that of Node.js. `crypto.subtle` runs on Node.js's thread pool, as a
 * task: a call under way cannot be cancelled, so a sandbox whose run ends before it is replaced.
 */

import { randomFillSync } from 'node:crypto';
import { BridgeError, type BridgeOperations } from '../bridge/bridge.ts';
import type { Wire } from '../bridge/wire.ts';
import { readWire, WireWriter } from './crypto-wire.ts';
import { failureOf } from './failure.ts';
import type { PlatformTask, PlatformTasks } from './task.ts';

/** @see https://w3c.github.io/webcrypto/#Crypto-method-getRandomValues */
const MAX_RANDOM_BYTES = 65_536;

export const cryptoOperations: BridgeOperations = {
  'crypto.random': (length) => {
    if (typeof length !== 'number' || !(length >= 0 && length <= MAX_RANDOM_BYTES)) {
      throw new BridgeError('QuotaExceededError', `More than ${MAX_RANDOM_BYTES} random bytes`);
    }
    return randomFillSync(new Uint8Array(length));
  },
  'crypto.uuid': () => globalThis.crypto.randomUUID(),
};

/** Caps of a single call: some seconds of work. */
const limits: { readonly [member: string]: number } = {
  iterations: 20_000_000,
  modulusLength: 8192,
};

type Method = (...args: unknown[]) => Promise<unknown>;

const methods = new Set([
  ...['encrypt', 'decrypt', 'sign', 'verify', 'digest', 'generateKey', 'deriveKey', 'deriveBits'],
  ...['importKey', 'exportKey', 'wrapKey', 'unwrapKey', 'getPublicKey'],
  ...['encapsulateBits', 'encapsulateKey', 'decapsulateBits', 'decapsulateKey'],
]);

function callSubtle(name: string, args: unknown[]): Promise<unknown> {
  // Read here: it takes 5 ms to load, and few guests ask for it.
  const { subtle } = globalThis.crypto;
  const method: Method | undefined = methods.has(name) ? Reflect.get(subtle, name) : undefined;
  if (method === undefined) throw new BridgeError('NotSupportedError', `There is no ${name}`);
  for (const arg of args) rejectExcess(arg);
  return Reflect.apply(method, subtle, args);
}

function rejectExcess(algorithm: unknown): void {
  if (typeof algorithm !== 'object' || algorithm === null) return;
  for (const [member, most] of Object.entries(limits)) {
    if (Number(Reflect.get(algorithm, member)) > most) {
      throw new BridgeError('OperationError', `${member} may be at most ${most} here`);
    }
  }
}

/**
 * Calls a method of `crypto.subtle`. Its JSON in: `{ method, args }`; out: `{ ok: true, value }`, or
 * `{ ok: false, name, message, code }` for what the promise of the guest is to be rejected with.
 */
const callTask: PlatformTask = async (json, bytes) => {
  try {
    const { method, args } = JSON.parse(json) as { method: string; args: readonly Wire[] };
    const result = await callSubtle(
      method,
      args.map((arg) => readWire(arg, bytes)),
    );
    const writer = new WireWriter();
    const value = writer.write(result);
    return { json: JSON.stringify({ ok: true, value }), bytes: writer.bytes() };
  } catch (error) {
    return { json: JSON.stringify({ ok: false, ...failureOf(error) }), bytes: new Uint8Array() };
  }
};

export const cryptoTasks: PlatformTasks = { 'crypto.subtle': callTask };
