/** Results of a component's functions as JSON, by their WIT types. */

import type { Json } from '../../../../contract/errors.ts';
import { member } from '../abi/variants.ts';
import type { HostValue } from '../host.ts';
import type { ValueType } from '../types/value-type.ts';

/** @param value lifted by that type */
export function toJson(type: ValueType, value: HostValue): Json {
  switch (type.kind) {
    case 's64':
    case 'u64':
      return wideInteger(value);
    case 'f32':
    case 'f64':
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    case 'list':
      if (value instanceof Uint8Array) return Array.from(value);
      return items(value).map((item) => toJson(type.element, item));
    case 'tuple':
      return type.fields.map((field, at) => toJson(field.type, items(value)[at]));
    case 'record': {
      const fields = type.fields.map((field) => {
        return [field.name, toJson(field.type, member(value, field.name))] as const;
      });
      return Object.fromEntries(fields);
    }
    case 'option': {
      const inner = type.cases[1]?.type;
      if (value === undefined || !inner) return null;
      return inner.kind === 'option'
        ? { some: toJson(inner, member(value, 'some')) }
        : toJson(inner, value);
    }
    case 'variant':
    case 'result': {
      const tag = String(member(value, 'tag'));
      const inner = type.cases.find(({ name }) => name === tag)?.type;
      return inner ? { tag, value: toJson(inner, member(value, 'value')) } : { tag };
    }
    case 'flags':
      return items(value).map(String);
    default:
      return typeof value === 'object' || value === undefined || typeof value === 'bigint'
        ? null
        : value;
  }
}

/** A number where JSON's readers have it exactly, else its decimal digits. */
function wideInteger(value: HostValue): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function items(value: HostValue): readonly HostValue[] {
  return Array.isArray(value) ? value : [];
}
