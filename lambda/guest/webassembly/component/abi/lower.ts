/** Lowers values into a component: into its memory, and to the core values that it is passed. */

import type { HostResource, HostValue } from '../host.ts';
import type { FunctionType } from '../types/function-type.ts';
import type {
  CoreValueType,
  FlagsType,
  HandleType,
  ValueType,
  VariantType,
} from '../types/value-type.ts';
import { type CoreValue, checkPlace, type LowerContext, memoryOf } from './context.ts';
import type { Representation } from './handles.ts';
import { storeString } from './strings.ts';
import { trap } from './trap.ts';
import { member, toCase } from './variants.ts';

/** @returns the core parameters to call with */
export function lowerParams(
  context: LowerContext,
  type: FunctionType,
  values: readonly HostValue[],
): CoreValue[] {
  const { spilledParams, params } = type;
  const flat: CoreValue[] = [];
  if (!spilledParams) {
    params.forEach((param, at) => {
      lowerFlat(context, values[at], param.type, flat);
    });
    return flat;
  }
  const pointer = context.allocate(spilledParams.alignment, spilledParams.size);
  spilledParams.fields.forEach((field, at) => {
    store(context, values[at], field.type, pointer + field.offset);
  });
  return [pointer | 0];
}

/**
 * @param outPointer where the caller wants a result that lies in memory
 * @returns what the core function returns
 */
export function lowerResult(
  context: LowerContext,
  type: FunctionType,
  value: HostValue,
  outPointer: number,
): CoreValue | undefined {
  const { result, spillsResult } = type;
  if (!result) return undefined;
  if (spillsResult) {
    checkPlace(context, outPointer, result.alignment, result.size, 'result');
    store(context, value, result, outPointer);
    return undefined;
  }
  const flat: CoreValue[] = [];
  lowerFlat(context, value, result, flat);
  return flat[0];
}

/** @param pointer checked, as is the size of the type behind it */
function store(context: LowerContext, value: HostValue, type: ValueType, pointer: number): void {
  switch (type.kind) {
    case 'bool':
      context.view.setUint8(pointer, value ? 1 : 0);
      return;
    case 's8':
    case 'u8':
      context.view.setUint8(pointer, Number(value));
      return;
    case 's16':
    case 'u16':
      context.view.setUint16(pointer, Number(value), true);
      return;
    case 's32':
    case 'u32':
      context.view.setUint32(pointer, Number(value), true);
      return;
    case 's64':
    case 'u64':
      context.view.setBigUint64(pointer, integer(value), true);
      return;
    case 'f32':
      context.view.setFloat32(pointer, Number(value), true);
      return;
    case 'f64':
      context.view.setFloat64(pointer, Number(value), true);
      return;
    case 'char':
      context.view.setUint32(pointer, codePoint(value), true);
      return;
    case 'string': {
      const [start, length] = storeString(context, text(value));
      storePair(context, pointer, start, length);
      return;
    }
    case 'list': {
      if (type.length !== null) storeElements(context, value, type.element, pointer);
      else storePair(context, pointer, ...storeList(context, value, type.element));
      return;
    }
    case 'record':
    case 'tuple':
      type.fields.forEach((field, at) => {
        const part = type.kind === 'tuple' ? items(value)[at] : member(value, field.name);
        store(context, part, field.type, pointer + field.offset);
      });
      return;
    case 'variant':
    case 'enum':
    case 'option':
    case 'result': {
      const { index, payload } = toCase(type, value);
      storeTag(context.view, pointer, type.tagBytes, index);
      const inner = type.cases[index]?.type;
      if (inner) store(context, payload, inner, pointer + type.payloadOffset);
      return;
    }
    case 'flags':
      storeTag(context.view, pointer, type.size, flagBits(type, value));
      return;
    case 'own':
    case 'borrow':
      context.view.setUint32(pointer, lowerHandle(context, value, type), true);
      return;
  }
}

function lowerFlat(
  context: LowerContext,
  value: HostValue,
  type: ValueType,
  flat: CoreValue[],
): void {
  switch (type.kind) {
    case 'bool':
      flat.push(value ? 1 : 0);
      return;
    case 's8':
      flat.push((Number(value) << 24) >> 24);
      return;
    case 'u8':
      flat.push(Number(value) & 0xff);
      return;
    case 's16':
      flat.push((Number(value) << 16) >> 16);
      return;
    case 'u16':
      flat.push(Number(value) & 0xffff);
      return;
    case 's32':
    case 'u32':
      flat.push(Number(value) | 0);
      return;
    case 's64':
    case 'u64':
      flat.push(BigInt.asIntN(64, integer(value)));
      return;
    case 'f32':
    case 'f64':
      flat.push(Number(value));
      return;
    case 'char':
      flat.push(codePoint(value));
      return;
    case 'string':
      flat.push(...storeString(context, text(value)).map((part) => part | 0));
      return;
    case 'list':
      if (type.length === null) {
        flat.push(...storeList(context, value, type.element).map((part) => part | 0));
      } else {
        for (const item of elements(value)) lowerFlat(context, item, type.element, flat);
      }
      return;
    case 'record':
    case 'tuple':
      type.fields.forEach((field, at) => {
        const part = type.kind === 'tuple' ? items(value)[at] : member(value, field.name);
        lowerFlat(context, part, field.type, flat);
      });
      return;
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      lowerVariant(context, value, type, flat);
      return;
    case 'flags':
      flat.push(flagBits(type, value) | 0);
      return;
    case 'own':
    case 'borrow':
      flat.push(lowerHandle(context, value, type) | 0);
      return;
  }
}

function lowerVariant(
  context: LowerContext,
  value: HostValue,
  type: VariantType,
  flat: CoreValue[],
): void {
  const [, ...wanted] = type.flat ?? [];
  const { index, payload } = toCase(type, value);
  const inner = type.cases[index]?.type ?? null;
  const values: CoreValue[] = [];
  if (inner) lowerFlat(context, payload, inner, values);
  flat.push(index);
  wanted.forEach((want, at) => {
    const have = inner?.flat?.[at];
    flat.push(have === undefined ? zero(want) : coerce(values[at] ?? 0, have, want));
  });
}

const scratch = new DataView(new ArrayBuffer(8));

function coerce(value: CoreValue, have: CoreValueType, want: CoreValueType): CoreValue {
  if (have === want) return value;
  scratch.setBigInt64(0, 0n, true);
  if (have === 'f32') scratch.setFloat32(0, Number(value), true);
  else if (have === 'f64') scratch.setFloat64(0, Number(value), true);
  else scratch.setInt32(0, Number(value), true);
  return want === 'i32' ? scratch.getInt32(0, true) : scratch.getBigInt64(0, true);
}

function zero(type: CoreValueType): CoreValue {
  return type === 'i64' ? 0n : 0;
}

/** @returns pointer and length */
function storeList(context: LowerContext, value: HostValue, element: ValueType): [number, number] {
  const { length } = elements(value);
  const pointer = context.allocate(element.alignment, length * element.size);
  storeElements(context, value, element, pointer);
  return [pointer, length];
}

function storeElements(
  context: LowerContext,
  value: HostValue,
  element: ValueType,
  pointer: number,
): void {
  if (element.kind === 'u8' && value instanceof Uint8Array) {
    const target = memoryOf(context.options).bytes(pointer, value.length);
    if (!target) trap('list: pointer out of bounds of memory');
    else target.set(value);
    return;
  }
  elements(value).forEach((item, at) => {
    store(context, item, element, pointer + at * element.size);
  });
}

function storePair(context: LowerContext, pointer: number, start: number, length: number): void {
  const { view } = context;
  view.setUint32(pointer, start, true);
  view.setUint32(pointer + 4, length, true);
}

function storeTag(view: DataView, pointer: number, bytes: number, tag: number): void {
  if (bytes === 1) view.setUint8(pointer, tag);
  else if (bytes === 2) view.setUint16(pointer, tag, true);
  else view.setUint32(pointer, tag, true);
}

function flagBits({ names }: FlagsType, value: HostValue): number {
  const set = new Set(items(value));
  return names.reduce((bits, name, at) => (set.has(name) ? bits | (1 << at) : bits), 0) >>> 0;
}

function lowerHandle(context: LowerContext, value: HostValue, type: HandleType): number {
  const { instance, scope } = context;
  const representation = checkedRepresentation(value, type);
  if (type.kind === 'own') {
    return instance.handles.add({ resource: type.resource, representation, scope: null, lends: 0 });
  }
  // Who has defined the resource is given what it stands for.
  if (type.resource.owner === instance) return Number(representation);
  if (!scope) return trap('a borrow cannot be returned');
  scope.borrows += 1;
  return instance.handles.add({ resource: type.resource, representation, scope, lends: 0 });
}

function checkedRepresentation(value: HostValue, { resource }: HandleType): Representation {
  if (resource.host === null) {
    return typeof value === 'number' ? value : trap(`not a ${resource.name}`);
  }
  const isIt = typeof value === 'object' && 'resource' in value && value.resource === resource.host;
  return isIt ? (value as HostResource) : trap(`the host gave no ${resource.host}`);
}

function items(value: HostValue): readonly HostValue[] {
  return Array.isArray(value) ? (value as readonly HostValue[]) : trap('not a list');
}

function elements(value: HostValue): readonly HostValue[] | Uint8Array {
  return value instanceof Uint8Array ? value : items(value);
}

function integer(value: HostValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value) || 0));
}

function text(value: HostValue): string {
  return typeof value === 'string' ? value : trap('not a text');
}

function codePoint(value: HostValue): number {
  return text(value).codePointAt(0) ?? trap('not a character');
}
