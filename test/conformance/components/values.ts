/** Values as test scripts write them, as those of the host. */

import type { HostValue } from '../../../lambda/guest/webassembly/component/host.ts';
import type { ValueType } from '../../../lambda/guest/webassembly/component/types/value-type.ts';
import { type Expression, headOf, listsOf, textOf } from './wast.ts';

/** @param type of the parameter or result that it stands for */
export function readValue(expression: Expression, type: ValueType | null): HostValue {
  if (expression.kind !== 'list') throw new Error(`not a value: ${expression.value}`);
  const [, first] = expression.items;
  const parts = listsOf(expression);
  switch (headOf(expression).replace(/\.const$/, '')) {
    case 'bool':
      return textOf(first) === 'true';
    case 's64':
    case 'u64':
      return BigInt(digits(first));
    case 'char':
    case 'str':
      return textOf(first);
    case 'f32':
    case 'f64':
      return float(textOf(first));
    case 'list': {
      const element = type?.kind === 'list' ? type.element : null;
      const items = parts.map((part) => readValue(part, element));
      return element?.kind === 'u8' ? Uint8Array.from(items, Number) : items;
    }
    case 'tuple':
      return parts.map((part, at) => readValue(part, fieldType(type, at)));
    case 'record':
      return Object.fromEntries(
        parts.map((part, at) => {
          const [, name, ...rest] = part.items;
          // A field may have its value without parentheses.
          const value = rest.length === 1 && rest[0] ? rest[0] : { ...part, items: rest };
          return [textOf(name), readValue(value, fieldType(type, at))];
        }),
      );
    case 'enum':
      return textOf(first);
    case 'flags':
      return expression.items.slice(1).map(textOf);
    case 'option.none':
      return undefined;
    case 'option.some': {
      const inner = caseType(type, 'some');
      const value = optional(parts[0], inner);
      return inner?.kind === 'option' ? { some: value } : value;
    }
    case 'result.ok':
      return variant('ok', parts[0], type);
    case 'result.err':
      return variant('error', parts[0], type);
    case 'variant':
      return variant(textOf(first), parts[0], type);
    default:
      return Number(digits(first));
  }
}

function variant(tag: string, part: Expression | undefined, type: ValueType | null): HostValue {
  return part ? { tag, value: optional(part, caseType(type, tag)) } : { tag };
}

function optional(part: Expression | undefined, type: ValueType | null): HostValue {
  return part ? readValue(part, type) : undefined;
}

function fieldType(type: ValueType | null, at: number): ValueType | null {
  return type && 'fields' in type ? (type.fields[at]?.type ?? null) : null;
}

function caseType(type: ValueType | null, name: string): ValueType | null {
  return type && 'cases' in type
    ? (type.cases.find((each) => each.name === name)?.type ?? null)
    : null;
}

function digits(expression: Expression | undefined): string {
  const text = textOf(expression).replaceAll('_', '').replace(/^\+/, '');
  return text.startsWith('-0x') ? String(-BigInt(text.slice(1))) : text;
}

function float(text: string): number {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/.exec(text.replaceAll('_', '')) ?? [];
  const factor = sign === '-' ? -1 : 1;
  if (rest.startsWith('nan')) return Number.NaN;
  if (rest === 'inf') return factor * Number.POSITIVE_INFINITY;
  const hex = /^0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i.exec(rest);
  if (!hex) return factor * Number(rest);
  const [, whole = '', part = '', exponent = '0'] = hex;
  return (
    factor *
    Number.parseInt(`${whole}${part}` || '0', 16) *
    2 ** (Number(exponent) - 4 * part.length)
  );
}
