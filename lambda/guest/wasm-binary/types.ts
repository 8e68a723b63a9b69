/** Types as the binary format has them: core specification 5.3. */

import { type Reader, readVector } from './reader.ts';

export interface Signature {
  /** Value types as in the text format: `i32`, `funcref`, `(ref null 3)`. */
  readonly params: readonly string[];
  readonly results: readonly string[];
}

export interface Limits {
  readonly min: bigint;
  readonly max: bigint | null;
  readonly shared: boolean;
  /** Addressed by i64 (memory64, table64). */
  readonly wide: boolean;
}

/** Types by index; `null` for what is not a function type. */
export function readTypes(reader: Reader | null): (Signature | null)[] {
  const types: (Signature | null)[] = [];
  readVector(reader, (group) => {
    if (group.bytes[group.offset] !== 0x4e) {
      types.push(readSubtype(group));
      return;
    }
    group.byte();
    for (let left = group.count(); left > 0; left -= 1) types.push(readSubtype(group));
  });
  return types;
}

function readSubtype(reader: Reader): Signature | null {
  let form = reader.byte();
  if (form === 0x50 || form === 0x4f) {
    for (let left = reader.count(); left > 0; left -= 1) reader.u32();
    form = reader.byte();
  }
  if (form === 0x60) return { params: readTypeList(reader), results: readTypeList(reader) };
  if (form === 0x5e) {
    readField(reader);
    return null;
  }
  if (form === 0x5f) {
    for (let left = reader.count(); left > 0; left -= 1) readField(reader);
    return null;
  }
  throw reader.malformed(`unknown type form 0x${form.toString(16)}`);
}

function readTypeList(reader: Reader): string[] {
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left -= 1) types.push(readValueType(reader));
  return types;
}

function readField(reader: Reader): void {
  const packed = reader.bytes[reader.offset];
  if (packed === 0x78 || packed === 0x77) reader.byte();
  else readValueType(reader);
  reader.byte();
}

const valueTypes = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
  [0x74, 'nullexnref'],
  [0x73, 'nullfuncref'],
  [0x72, 'nullexternref'],
  [0x71, 'nullref'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
  [0x6e, 'anyref'],
  [0x6d, 'eqref'],
  [0x6c, 'i31ref'],
  [0x6b, 'structref'],
  [0x6a, 'arrayref'],
  [0x69, 'exnref'],
]);

export function readValueType(reader: Reader): string {
  const code = reader.byte();
  if (code === 0x63) return `(ref null ${readHeapType(reader)})`;
  if (code === 0x64) return `(ref ${readHeapType(reader)})`;
  const type = valueTypes.get(code);
  if (type === undefined) throw reader.malformed(`unknown value type 0x${code.toString(16)}`);
  return type;
}

function readHeapType(reader: Reader): string {
  const value = reader.s33();
  return value >= 0
    ? String(value)
    : (valueTypes.get(value + 0x80) ?? 'unknown').replace(/ref$/, '');
}

export function readLimits(reader: Reader): Limits {
  const flags = reader.byte();
  if (flags > 7) throw reader.malformed(`unknown limits flags 0x${flags.toString(16)}`);
  return {
    shared: (flags & 2) !== 0,
    wide: (flags & 4) !== 0,
    min: reader.u64(),
    max: (flags & 1) !== 0 ? reader.u64() : null,
  };
}
