/** Cases of variants, enums, options and results as the host's values have them. */

import type { HostValue } from '../host.ts';
import type { VariantType } from '../types/value-type.ts';
import { trap } from './trap.ts';

/** @param index checked to be that of a case */
export function fromCase(type: VariantType, index: number, payload: HostValue): HostValue {
  const name = type.cases[index]?.name ?? '';
  switch (type.kind) {
    case 'enum':
      return name;
    case 'option':
      if (index === 0) return undefined;
      return type.cases[1]?.type?.kind === 'option' ? bare({ some: payload }) : payload;
    default:
      return bare(
        type.cases[index]?.type ? { tag: name, value: payload } : { tag: name },
      ) as HostValue;
  }
}

interface ChosenCase {
  readonly index: number;
  readonly payload: HostValue;
}

/** @param value of the host, or lifted from another component */
export function toCase(type: VariantType, value: HostValue): ChosenCase {
  switch (type.kind) {
    case 'enum':
      return { index: indexOf(type, value), payload: undefined };
    case 'option': {
      if (value === undefined) return { index: 0, payload: undefined };
      const isNested = type.cases[1]?.type?.kind === 'option';
      return { index: 1, payload: isNested ? member(value, 'some') : value };
    }
    default:
      return { index: indexOf(type, member(value, 'tag')), payload: member(value, 'value') };
  }
}

function indexOf(type: VariantType, tag: HostValue): number {
  const index = type.cases.findIndex(({ name }) => name === tag);
  return index === -1 ? trap(`a ${type.kind} has no case "${String(tag)}"`) : index;
}

/** @returns nothing where the value is no object, or has no such member of its own */
export function member(value: HostValue, name: string): HostValue {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as { readonly [name: string]: HostValue })[name];
}

function bare<Value extends object>(value: Value): Value {
  return Object.assign(Object.create(null) as object, value) as Value;
}
