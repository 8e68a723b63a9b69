/** Writes arguments of `crypto.subtle` and reads its results; the host's end is its `crypto-wire.ts`. */

import type { Wire } from '../../bridge/wire.ts';
import { concatenate, viewBytes } from '../core/bytes.ts';
import { keyState, makeKey } from './crypto-key.ts';

/** Members of the dictionaries that describe algorithms. */
const algorithmMembers = [
  ...['name', 'hash', 'iv', 'additionalData', 'tagLength', 'counter', 'length', 'label', 'salt'],
  ...['iterations', 'info', 'public', 'namedCurve', 'modulusLength', 'publicExponent'],
  ...['saltLength', 'context', 'outputLength', 'customization', 'functionName', 'nonce'],
  ...['parallelism', 'memory', 'passes', 'version', 'secretValue', 'associatedData'],
];
const jwkMembers = [
  ...['kty', 'use', 'key_ops', 'alg', 'ext', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq'],
  ...['qi', 'k', 'pub', 'priv'],
];
const knownMembers: readonly string[] = [...algorithmMembers, ...jwkMembers];

/** Copies bytes, so that later changes of a buffer have no effect. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  write(value: unknown): Wire {
    if (value === undefined) return { kind: 'undefined' };
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    // JSON has no NaN and no infinity.
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value !== 'object') return String(value);
    const bytes = viewBytes(value);
    if (bytes !== null) return this.#bytes(bytes);
    const key = keyState(value);
    if (key !== undefined) return { kind: 'key', ...key, ...this.#keyParts(key) };
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => this.write(item)) };
    const members: Record<string, Wire> = {};
    for (const name of knownMembers) {
      const member = (value as Record<string, unknown>)[name];
      if (member !== undefined) members[name] = this.write(member);
    }
    return { kind: 'record', members };
  }

  bytes(): ArrayBuffer {
    return concatenate(this.#chunks).buffer;
  }

  #keyParts(key: { algorithm: unknown; material: Uint8Array }) {
    return { algorithm: this.write(key.algorithm), material: this.#place(key.material) };
  }

  #bytes(bytes: Uint8Array): Wire {
    return { kind: 'bytes', place: this.#place(bytes.slice()) };
  }

  #place(bytes: Uint8Array): [number, number] {
    const place: [number, number] = [this.#length, bytes.length];
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return place;
  }
}

export function readWire(wire: Wire, bytes: ArrayBuffer): unknown {
  if (typeof wire !== 'object' || wire === null) return wire;
  switch (wire.kind) {
    case 'undefined':
      return undefined;
    case 'bytes':
      return bytes.slice(wire.place[0], wire.place[0] + wire.place[1]);
    case 'list':
      return wire.items.map((item) => readWire(item, bytes));
    case 'record':
      return Object.fromEntries(
        Object.entries(wire.members).map(([name, member]) => [name, readWire(member, bytes)]),
      );
    case 'key':
      return makeKey({
        type: wire.type,
        extractable: wire.extractable,
        algorithm: readAlgorithm(wire.algorithm, bytes),
        usages: wire.usages,
        material: new Uint8Array(
          bytes.slice(wire.material[0], wire.material[0] + wire.material[1]),
        ),
      });
  }
}

/** The only member with bytes, `publicExponent`, is a typed array. */
function readAlgorithm(wire: Wire, bytes: ArrayBuffer): object {
  const algorithm = readWire(wire, bytes) as Record<string, unknown>;
  const { publicExponent } = algorithm;
  return publicExponent instanceof ArrayBuffer
    ? { ...algorithm, publicExponent: new Uint8Array(publicExponent) }
    : algorithm;
}
