/**
 * Types of values, resolved, with what the canonical ABI derives of them: size and alignment in linear
 * memory, and the core values they are passed as. Component Model, CanonicalABI.md: Alignment, Element
 * Size, Flattening.
 */

import type { Primitive } from '../binary/definitions.ts';

export type CoreValueType = 'i32' | 'i64' | 'f32' | 'f64';

/**
 * A resource, known by its identity: an import of a resource is the resource that it is given.
 */
export interface ResourceType {
  /** The name under which it is first seen, for messages. */
  name: string;
  /** Name of the host's own resource, as in `HostResource`; `null` of one that a component defines. */
  readonly host: string | null;
  /** The instance that defines it; `null` of the host's. */
  readonly owner: object | null;
  /** Runs what the definer wants done when the last owner drops it. */
  readonly destroy: ((representation: number, caller: object) => void | Promise<void>) | null;
}

interface Layout {
  readonly size: number;
  readonly alignment: number;
  /** `null`: more core values than any function passes without memory. */
  readonly flat: readonly CoreValueType[] | null;
  /** It contains a string or a list: what it is needs memory elsewhere. */
  readonly hasPointers: boolean;
  readonly hasBorrow: boolean;
  readonly hasHandle: boolean;
  readonly depth: number;
  /** How many types it consists of, written out. */
  readonly weight: number;
}

export interface Field {
  readonly name: string;
  readonly type: ValueType;
  readonly offset: number;
}

export interface Case {
  readonly name: string;
  readonly type: ValueType | null;
}

export type RecordType = Layout & {
  readonly kind: 'record' | 'tuple';
  readonly fields: readonly Field[];
};

export type VariantType = Layout & {
  readonly kind: 'variant' | 'enum' | 'option' | 'result';
  readonly cases: readonly Case[];
  readonly tagBytes: 1 | 2 | 4;
  readonly payloadOffset: number;
};

export type ListType = Layout & {
  readonly kind: 'list';
  readonly element: ValueType;
  /** Of a list of fixed length, which lies where it is. */
  readonly length: number | null;
};

export type FlagsType = Layout & { readonly kind: 'flags'; readonly names: readonly string[] };

export type HandleType = Layout & {
  readonly kind: 'own' | 'borrow';
  readonly resource: ResourceType;
  /** The type that refers to the resource: each import or export of a resource makes another one. */
  readonly via: object;
};

export type PrimitiveType = Layout & { readonly kind: Primitive };

export type ValueType =
  | PrimitiveType
  | RecordType
  | VariantType
  | ListType
  | FlagsType
  | HandleType;

/** The type cannot be: the message says why. */
export class UnfitType extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnfitType';
  }
}

/** What a function passes without memory, at most. */
export const MAX_FLAT_PARAMS = 16;
export const MAX_FLAT_RESULTS = 1;

/** Of the specification. */
const MAX_SIZE_BYTES = 2 ** 28;
const MAX_DEPTH = 100;
const MAX_WEIGHT = 100_000;

const scalar = (size: number, core: CoreValueType): Layout => ({
  size,
  alignment: size,
  flat: [core],
  hasPointers: false,
  hasBorrow: false,
  hasHandle: false,
  depth: 0,
  weight: 1,
});

const layouts: { readonly [name in Primitive]: Layout } = {
  bool: scalar(1, 'i32'),
  s8: scalar(1, 'i32'),
  u8: scalar(1, 'i32'),
  s16: scalar(2, 'i32'),
  u16: scalar(2, 'i32'),
  s32: scalar(4, 'i32'),
  u32: scalar(4, 'i32'),
  s64: scalar(8, 'i64'),
  u64: scalar(8, 'i64'),
  f32: scalar(4, 'f32'),
  f64: scalar(8, 'f64'),
  char: scalar(4, 'i32'),
  string: { ...scalar(8, 'i32'), alignment: 4, flat: ['i32', 'i32'], hasPointers: true },
};

const primitives = new Map<Primitive, PrimitiveType>();

export function primitiveType(kind: Primitive): PrimitiveType {
  const known = primitives.get(kind) ?? { kind, ...layouts[kind] };
  primitives.set(kind, known);
  return known;
}

/** @throws {UnfitType} */
export function recordType(
  kind: 'record' | 'tuple',
  members: readonly { readonly name: string; readonly type: ValueType }[],
): RecordType {
  if (members.length === 0) throw new UnfitType(`a ${kind} needs at least one member`);
  const fields: Field[] = [];
  let end = 0;
  let alignment = 1;
  for (const { name, type } of members) {
    const offset = alignTo(end, type.alignment);
    fields.push({ name, type, offset });
    end = offset + type.size;
    alignment = Math.max(alignment, type.alignment);
  }
  const parts = members.map(({ type }) => type);
  const layout = {
    size: alignTo(end, alignment),
    alignment,
    flat: concatenated(parts),
    ...sumOf(parts),
  };
  return { kind, fields, ...checked(layout) };
}

/** @throws {UnfitType} */
export function variantType(kind: VariantType['kind'], cases: readonly Case[]): VariantType {
  if (cases.length === 0) throw new UnfitType(`a ${kind} needs at least one case`);
  const tagBytes = cases.length <= 2 ** 8 ? 1 : cases.length <= 2 ** 16 ? 2 : 4;
  const payloads = cases.flatMap(({ type }) => (type ? [type] : []));
  const payloadAlignment = payloads.reduce((most, type) => Math.max(most, type.alignment), 1);
  const payloadOffset = alignTo(tagBytes, payloadAlignment);
  const payloadSize = payloads.reduce((most, type) => Math.max(most, type.size), 0);
  const alignment = Math.max(tagBytes, payloadAlignment);
  const layout = {
    size: alignTo(payloadOffset + payloadSize, alignment),
    alignment,
    flat: joined(payloads),
    ...sumOf(payloads),
  };
  return { kind, cases, tagBytes, payloadOffset, ...checked(layout) };
}

/** @throws {UnfitType} */
export function listType(element: ValueType, length: number | null): ListType {
  if (length === null) {
    const layout = { ...layouts.string, ...sumOf([element]), hasPointers: true };
    return { kind: 'list', element, length, ...checked(layout) };
  }
  if (length === 0) throw new UnfitType('a list of fixed length needs at least one element');
  const { flat, alignment } = element;
  const layout = {
    size: element.size * length,
    alignment,
    flat:
      flat === null || flat.length * length > MAX_FLAT_PARAMS
        ? null
        : Array.from({ length }, () => flat).flat(),
    ...sumOf([element]),
  };
  return { kind: 'list', element, length, ...checked(layout) };
}

/** @throws {UnfitType} */
export function flagsType(names: readonly string[]): FlagsType {
  if (names.length === 0 || names.length > 32) {
    throw new UnfitType(`flags have 1 to 32 names, not ${names.length}`);
  }
  const size = names.length <= 8 ? 1 : names.length <= 16 ? 2 : 4;
  return { kind: 'flags', names, ...scalar(size, 'i32') };
}

export function handleType(
  kind: 'own' | 'borrow',
  via: { readonly type: ResourceType },
): HandleType {
  const layout = { ...scalar(4, 'i32'), hasBorrow: kind === 'borrow', hasHandle: true };
  return { kind, resource: via.type, via, ...layout };
}

/** The core values of several types one after the other; `null` where they are too many. */
export function concatenated(types: readonly ValueType[]): CoreValueType[] | null {
  const flat: CoreValueType[] = [];
  for (const type of types) {
    if (type.flat === null) return null;
    flat.push(...type.flat);
    if (flat.length > MAX_FLAT_PARAMS) return null;
  }
  return flat;
}

/** Of a variant: its tag, and values that can hold those of each case. */
function joined(payloads: readonly ValueType[]): CoreValueType[] | null {
  const flat: CoreValueType[] = [];
  for (const payload of payloads) {
    if (payload.flat === null) return null;
    payload.flat.forEach((type, index) => {
      const present = flat[index];
      flat[index] = present === undefined ? type : join(present, type);
    });
  }
  return flat.length + 1 > MAX_FLAT_PARAMS ? null : ['i32', ...flat];
}

function join(one: CoreValueType, other: CoreValueType): CoreValueType {
  if (one === other) return one;
  return (one === 'i32' && other === 'f32') || (one === 'f32' && other === 'i32') ? 'i32' : 'i64';
}

function sumOf(
  parts: readonly ValueType[],
): Pick<Layout, 'hasPointers' | 'hasBorrow' | 'hasHandle' | 'depth' | 'weight'> {
  return {
    hasPointers: parts.some(({ hasPointers }) => hasPointers),
    hasBorrow: parts.some(({ hasBorrow }) => hasBorrow),
    hasHandle: parts.some(({ hasHandle }) => hasHandle),
    depth: parts.reduce((most, { depth }) => Math.max(most, depth), 0) + 1,
    weight: parts.reduce((sum, { weight }) => sum + weight, 1),
  };
}

function checked(layout: Layout): Layout {
  if (layout.size >= MAX_SIZE_BYTES) throw new UnfitType('a value is larger than 256 MiB');
  if (layout.depth > MAX_DEPTH) throw new UnfitType(`a type is nested deeper than ${MAX_DEPTH}`);
  if (layout.weight > MAX_WEIGHT) {
    throw new UnfitType(`a type consists of more than ${MAX_WEIGHT} types`);
  }
  return layout;
}

export function alignTo(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
