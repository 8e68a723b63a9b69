/** Lifts values out of a component: from its memory, and from the core values that it passes. */

import type { HostValue } from '../host.ts';
import type { FunctionType } from '../types/function-type.ts';
import type {
  CoreValueType,
  FlagsType,
  HandleType,
  ListType,
  RecordType,
  ValueType,
  VariantType,
} from '../types/value-type.ts';
import { type CoreValue, checkPlace, type LiftContext } from './context.ts';
import { loadString } from './strings.ts';
import { trap } from './trap.ts';
import { fromCase } from './variants.ts';

/** Of the specification. */
const MAX_LIST_BYTES = 2 ** 28 - 1;

/** Rough sizes on the host's heap. */
const ELEMENT_BYTES = 16;
const OBJECT_BYTES = 64;

/** @param values the core parameters of a call, as core code passed them */
export function liftParams(
  context: LiftContext,
  type: FunctionType,
  values: readonly CoreValue[],
): HostValue[] {
  const { spilledParams } = type;
  const reader = new FlatReader(values);
  if (!spilledParams) return type.params.map((param) => liftFlat(context, reader, param.type));
  const pointer = reader.index();
  checkPlace(context, pointer, spilledParams.alignment, spilledParams.size, 'parameters');
  return spilledParams.fields.map((field) => load(context, pointer + field.offset, field.type));
}

/** @param returned what the core function returned */
export function liftResult(context: LiftContext, type: FunctionType, returned: unknown): HostValue {
  const { result, spillsResult } = type;
  if (!result) return undefined;
  const reader = new FlatReader([returned as CoreValue]);
  if (!spillsResult) return liftFlat(context, reader, result);
  const pointer = reader.index();
  checkPlace(context, pointer, result.alignment, result.size, 'result');
  return load(context, pointer, result);
}

class FlatReader {
  readonly #values: readonly CoreValue[];
  #next = 0;

  constructor(values: readonly CoreValue[]) {
    this.#values = values;
  }

  value(): CoreValue {
    const value = this.#values[this.#next];
    this.#next += 1;
    return value ?? trap('a core value is missing');
  }

  number(): number {
    return Number(this.value());
  }

  /** An i32, as the unsigned number that it is in pointers, lengths and indices. */
  index(): number {
    return this.number() >>> 0;
  }

  take(count: number): CoreValue[] {
    return Array.from({ length: count }, () => this.value());
  }
}

function load(context: LiftContext, pointer: number, type: ValueType): HostValue {
  switch (type.kind) {
    case 'bool':
      return context.view.getUint8(pointer) !== 0;
    case 's8':
      return context.view.getInt8(pointer);
    case 'u8':
      return context.view.getUint8(pointer);
    case 's16':
      return context.view.getInt16(pointer, true);
    case 'u16':
      return context.view.getUint16(pointer, true);
    case 's32':
      return context.view.getInt32(pointer, true);
    case 'u32':
      return context.view.getUint32(pointer, true);
    case 's64':
      return context.view.getBigInt64(pointer, true);
    case 'u64':
      return context.view.getBigUint64(pointer, true);
    case 'f32':
      return context.view.getFloat32(pointer, true);
    case 'f64':
      return context.view.getFloat64(pointer, true);
    case 'char':
      return character(context.view.getUint32(pointer, true));
    case 'string':
      return loadString(
        context,
        context.view.getUint32(pointer, true),
        context.view.getUint32(pointer + 4, true),
      );
    case 'list': {
      if (type.length !== null) return loadElements(context, pointer, type.length, type.element);
      const start = context.view.getUint32(pointer, true);
      return loadList(context, start, context.view.getUint32(pointer + 4, true), type);
    }
    case 'record':
    case 'tuple':
      return gather(context, type, (field) => load(context, pointer + field.offset, field.type));
    case 'variant':
    case 'enum':
    case 'option':
    case 'result': {
      const index = loadTag(context.view, pointer, type.tagBytes);
      const payload = payloadType(type, index);
      context.charge(OBJECT_BYTES);
      const value = payload && load(context, pointer + type.payloadOffset, payload);
      return fromCase(type, index, value ?? undefined);
    }
    case 'flags':
      return flagNames(context, type, loadTag(context.view, pointer, tagBytesOf(type.size)));
    case 'own':
    case 'borrow':
      return liftHandle(context, type, context.view.getUint32(pointer, true));
  }
}

function liftFlat(context: LiftContext, reader: FlatReader, type: ValueType): HostValue {
  switch (type.kind) {
    case 'bool':
      return reader.number() !== 0;
    case 's8':
      return (reader.number() << 24) >> 24;
    case 'u8':
      return reader.number() & 0xff;
    case 's16':
      return (reader.number() << 16) >> 16;
    case 'u16':
      return reader.number() & 0xffff;
    case 's32':
      return reader.number() | 0;
    case 'u32':
      return reader.index();
    case 's64':
      return BigInt.asIntN(64, BigInt(reader.value()));
    case 'u64':
      return BigInt.asUintN(64, BigInt(reader.value()));
    case 'f32':
    case 'f64':
      return reader.number();
    case 'char':
      return character(reader.index());
    case 'string':
      return loadString(context, reader.index(), reader.index());
    case 'list': {
      const { length, element } = type;
      if (length === null) return loadList(context, reader.index(), reader.index(), type);
      return asList(
        element,
        Array.from({ length }, () => liftFlat(context, reader, element)),
      );
    }
    case 'record':
    case 'tuple':
      return gather(context, type, (field) => liftFlat(context, reader, field.type));
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return liftVariant(context, reader, type);
    case 'flags':
      return flagNames(context, type, reader.index());
    case 'own':
    case 'borrow':
      return liftHandle(context, type, reader.index());
  }
}

function liftVariant(context: LiftContext, reader: FlatReader, type: VariantType): HostValue {
  const [, ...have] = type.flat ?? [];
  const index = reader.index();
  const payload = payloadType(type, index);
  const values = reader.take(have.length);
  context.charge(OBJECT_BYTES);
  if (!payload) return fromCase(type, index, undefined);
  const wanted = payload.flat ?? [];
  const coerced = wanted.map((want, at) => coerce(values[at] ?? 0, have[at] ?? want, want));
  return fromCase(type, index, liftFlat(context, new FlatReader(coerced), payload));
}

const scratch = new DataView(new ArrayBuffer(8));

/** Core values of a variant have types that hold those of all cases. */
function coerce(value: CoreValue, have: CoreValueType, want: CoreValueType): CoreValue {
  if (have === want) return value;
  scratch.setBigInt64(0, BigInt(value), true);
  switch (want) {
    case 'i32':
      return scratch.getInt32(0, true);
    case 'f32':
      return scratch.getFloat32(0, true);
    default:
      return scratch.getFloat64(0, true);
  }
}

function loadList(
  context: LiftContext,
  pointer: number,
  length: number,
  type: ListType,
): HostValue {
  const { element } = type;
  const size = length * element.size;
  if (size > MAX_LIST_BYTES) trap('a list is longer than the limit of 256 MiB');
  checkPlace(context, pointer, element.alignment, size, 'list');
  return loadElements(context, pointer, length, element);
}

/** @param pointer checked, as the elements behind it */
function loadElements(
  context: LiftContext,
  pointer: number,
  length: number,
  element: ValueType,
): HostValue {
  if (element.kind === 'u8') {
    context.charge(length + OBJECT_BYTES);
    return context.bytes(pointer, length, 'list').slice();
  }
  context.charge(length * ELEMENT_BYTES + OBJECT_BYTES);
  const items: HostValue[] = [];
  for (let at = 0; at < length; at += 1) {
    items.push(load(context, pointer + at * element.size, element));
  }
  return items;
}

function asList(element: ValueType, items: HostValue[]): HostValue {
  return element.kind === 'u8' ? Uint8Array.from(items as number[]) : items;
}

function gather(
  context: LiftContext,
  { kind, fields }: RecordType,
  read: (field: RecordType['fields'][number]) => HostValue,
): HostValue {
  context.charge(OBJECT_BYTES + fields.length * ELEMENT_BYTES);
  if (kind === 'tuple') return fields.map(read);
  const record: { [field: string]: HostValue } = Object.create(null);
  for (const field of fields) record[field.name] = read(field);
  return record;
}

function payloadType(type: VariantType, index: number): ValueType | null {
  const chosen = type.cases[index];
  return chosen ? chosen.type : trap(`unexpected discriminant ${index} of a ${type.kind}`);
}

function loadTag(view: DataView, pointer: number, bytes: 1 | 2 | 4): number {
  if (bytes === 1) return view.getUint8(pointer);
  return bytes === 2 ? view.getUint16(pointer, true) : view.getUint32(pointer, true);
}

function tagBytesOf(size: number): 1 | 2 | 4 {
  return size === 1 || size === 2 ? size : 4;
}

function flagNames(context: LiftContext, { names }: FlagsType, bits: number): HostValue {
  context.charge(OBJECT_BYTES + names.length * ELEMENT_BYTES);
  return names.filter((_, at) => ((bits >>> at) & 1) === 1);
}

function character(code: number): string {
  if (code >= 0x11_0000 || (code >= 0xd800 && code <= 0xdfff)) {
    trap(`0x${code.toString(16)} is not a character`);
  }
  return String.fromCodePoint(code);
}

/** Handles that cross as numbers are the guest's; what they stand for is all that leaves. */
function liftHandle(context: LiftContext, type: HandleType, index: number): HostValue {
  const { handles } = context.instance;
  if (type.kind === 'own') {
    const handle = handles.get(index, type.resource);
    if (handle.scope) trap('cannot lift own resource from a borrow');
    return handles.remove(index, type.resource).representation;
  }
  const handle = handles.get(index, type.resource);
  if (!context.lenders) return trap('a borrow cannot be returned');
  handle.lends += 1;
  context.lenders.push(handle);
  return handle.representation;
}
