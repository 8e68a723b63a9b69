/**
 * How the arguments and results of `crypto.subtle` cross the bridge: a tree as JSON, and the bytes
 * that it points into. Keys cross by value: the guest keeps what they are made of.
 */

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  type webcrypto,
} from 'node:crypto';
import { types } from 'node:util';
import type { Place, Wire } from '../bridge/wire.ts';

/** @throws {TypeError} where the tree is none, or points outside of the bytes */
export function readWire(wire: Wire, bytes: Uint8Array): unknown {
  if (typeof wire !== 'object' || wire === null) return wire;
  switch (wire.kind) {
    case 'undefined':
      return undefined;
    case 'bytes':
      return slice(bytes, wire.place);
    case 'list':
      return wire.items.map((item) => readWire(item, bytes));
    case 'record':
      return Object.fromEntries(
        Object.entries(wire.members).map(([name, member]) => [name, readWire(member, bytes)]),
      );
    case 'key': {
      const algorithm = readWire(wire.algorithm, bytes) as Parameters<KeyObject['toCryptoKey']>[0];
      const usages = [...wire.usages] as Parameters<KeyObject['toCryptoKey']>[2];
      return keyObject(wire.type, slice(bytes, wire.material)).toCryptoKey(
        algorithm,
        wire.extractable,
        usages,
      );
    }
    default:
      throw new TypeError('This is no argument');
  }
}

function slice(bytes: Uint8Array, [offset, length]: Place): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes.subarray(offset, offset + length));
}

function keyObject(type: string, material: Uint8Array): KeyObject {
  const key = Buffer.from(material);
  if (type === 'private') return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  if (type === 'public') return createPublicKey({ key, format: 'der', type: 'spki' });
  return createSecretKey(key);
}

function materialOf(key: webcrypto.CryptoKey): Buffer {
  // Imported, it would have every sandbox load the module as it starts.
  const object = process.getBuiltinModule('node:crypto').KeyObject.from(key);
  if (object.type === 'secret') return object.export();
  return object.export({ format: 'der', type: object.type === 'private' ? 'pkcs8' : 'spki' });
}

/** Writes results of `crypto.subtle`. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  write(value: unknown): Wire {
    if (value === undefined) return { kind: 'undefined' };
    if (typeof value !== 'object' || value === null) return value as Wire;
    if (types.isArrayBuffer(value)) return this.#bytes(new Uint8Array(value));
    if (types.isUint8Array(value)) return this.#bytes(value);
    if (types.isCryptoKey(value)) return this.#key(value);
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => this.write(item)) };
    const members = Object.entries(value).map(([name, member]) => [name, this.write(member)]);
    return { kind: 'record', members: Object.fromEntries(members) };
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  #key(key: webcrypto.CryptoKey): Wire {
    return {
      kind: 'key',
      type: key.type,
      extractable: key.extractable,
      algorithm: this.write(key.algorithm),
      usages: [...key.usages],
      material: this.#place(materialOf(key)),
    };
  }

  #bytes(bytes: Uint8Array): Wire {
    return { kind: 'bytes', place: this.#place(bytes) };
  }

  #place(bytes: Uint8Array): Place {
    const place: Place = [this.#length, bytes.length];
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    return place;
  }
}
