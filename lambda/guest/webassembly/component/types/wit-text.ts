/** Types as WIT writes them, for messages and to compare signatures. */

import type { FunctionType } from './function-type.ts';
import type { ValueType } from './value-type.ts';

/** Messages show no more of a type. */
const MAX_TEXT_LENGTH = 400;

/** `func(a: u32, b: list<u8>) -> result<string, error-code>` with all types written out. */
export function functionText({ params, result }: FunctionType): string {
  const list = params.map(({ name, type }) => `${name}: ${typeText(type)}`).join(', ');
  return cut(`func(${list})${result ? ` -> ${typeText(result)}` : ''}`);
}

/** @returns the whole text; a record is `record{a: u32}`, a resource its name */
export function typeText(type: ValueType): string {
  const parts: string[] = [];
  write(type, parts, { left: MAX_TEXT_LENGTH });
  return parts.join('');
}

function cut(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}

/** @param room characters that may still be written: types written out can be large */
function write(type: ValueType, parts: string[], room: { left: number }): void {
  const put = (text: string): void => {
    if (room.left > 0) parts.push(text);
    room.left -= text.length;
    if (room.left <= 0 && parts.at(-1) !== '…') parts.push('…');
  };
  const list = <Item>(items: readonly Item[], item: (item: Item) => void): void => {
    items.every((each, index) => {
      if (index > 0) put(', ');
      item(each);
      return room.left > 0;
    });
  };
  const nested = (inner: ValueType): void => {
    if (room.left > 0) write(inner, parts, room);
  };
  const named = ({ name, type: inner }: { name: string; type: ValueType | null }): void => {
    put(name);
    if (inner === null) return;
    put(type.kind === 'record' ? ': ' : '(');
    nested(inner);
    if (type.kind !== 'record') put(')');
  };
  switch (type.kind) {
    case 'record':
      put('record{');
      list(type.fields, named);
      put('}');
      return;
    case 'variant':
      put('variant{');
      list(type.cases, named);
      put('}');
      return;
    case 'tuple':
      put('tuple<');
      list(type.fields, (field) => nested(field.type));
      put('>');
      return;
    case 'enum':
      put('enum{');
      list(type.cases, ({ name }) => put(name));
      put('}');
      return;
    case 'flags':
      put('flags{');
      list(type.names, put);
      put('}');
      return;
    case 'option':
      put('option<');
      for (const { type: inner } of type.cases) if (inner) nested(inner);
      put('>');
      return;
    case 'result': {
      const [ok, error] = type.cases;
      if (!ok?.type && !error?.type) {
        put('result');
        return;
      }
      put('result<');
      if (ok?.type) nested(ok.type);
      else put('_');
      if (error?.type) {
        put(', ');
        nested(error.type);
      }
      put('>');
      return;
    }
    case 'list':
      put('list<');
      nested(type.element);
      put(type.length === null ? '>' : `, ${type.length}>`);
      return;
    case 'own':
    case 'borrow':
      put(type.kind === 'own' ? type.resource.name : `borrow<${type.resource.name}>`);
      return;
    default:
      put(type.kind);
      return;
  }
}
