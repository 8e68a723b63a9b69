/** The request's JSON as parameters of a component's function, by their WIT types. */

import type { Json } from '../../../../contract/errors.ts';
import { bytesOfBase64 } from '../../fetch.ts';
import type { HostValue } from '../host.ts';
import type { FunctionType } from '../types/function-type.ts';
import type { RecordType, ValueType, VariantType } from '../types/value-type.ts';
import { functionText, typeText } from '../types/wit-text.ts';
import { type Issue, Issues } from './issues.ts';

type Converted = { readonly values: readonly HostValue[] } | { readonly issues: readonly Issue[] };

/** @returns the parameters, or what does not fit */
export function paramsFromJson(type: FunctionType, args: readonly Json[]): Converted {
  const issues = new Issues();
  if (args.length !== type.params.length) {
    const takes = `the function takes ${type.params.length}, not ${args.length}`;
    issues.add('args', `${takes}: ${functionText(type)}`);
    return { issues: issues.found };
  }
  const values = type.params.map((param, at) =>
    fromJson(param.type, args[at] ?? null, `args[${at}]`, issues),
  );
  return issues.found.length > 0 ? { issues: issues.found } : { values };
}

/** What of a function's types has no JSON form: resources. */
export function withoutJsonForm({ params, result }: FunctionType): Issue[] {
  const issues = new Issues();
  params.forEach((param, at) => {
    const handle = handleIn(param.type);
    if (handle)
      issues.add(`args[${at}]`, `${typeText(handle)} is a resource, which has no JSON form`);
  });
  const returned = result && handleIn(result);
  if (returned) {
    issues.add(
      'entrypoint',
      `the result has the resource ${typeText(returned)}, which has no JSON form`,
    );
  }
  return issues.found;
}

function handleIn(type: ValueType): ValueType | null {
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return type;
    case 'list':
      return handleIn(type.element);
    case 'record':
    case 'tuple':
      return firstHandle(type.fields);
    case 'variant':
    case 'option':
    case 'result':
      return firstHandle(type.cases);
    default:
      return null;
  }
}

function firstHandle(members: readonly { readonly type: ValueType | null }[]): ValueType | null {
  for (const { type } of members) {
    const handle = type && handleIn(type);
    if (handle) return handle;
  }
  return null;
}

function fromJson(type: ValueType, json: Json, path: string, issues: Issues): HostValue {
  // Nothing is called any more: a long list need not be looked through.
  if (issues.isFull) return undefined;
  switch (type.kind) {
    case 'bool':
      return typeof json === 'boolean' ? json : issues.misfit(path, type);
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
      return integer(type, json, path, issues);
    case 's64':
    case 'u64':
      return wideInteger(type, json, path, issues);
    case 'f32':
    case 'f64':
      return floating(type, json, path, issues);
    case 'char':
      return isCharacter(json) ? json : issues.misfit(path, type, 'one character');
    case 'string':
      return typeof json === 'string' ? json.toWellFormed() : issues.misfit(path, type);
    case 'list': {
      const { element, length } = type;
      const items = element.kind === 'u8' ? bytesOf(json) : json;
      if (items instanceof Uint8Array) {
        return length === null || length === items.length ? items : issues.misfit(path, type);
      }
      if (!isArray(items) || (length !== null && items.length !== length)) {
        const wanted = element.kind === 'u8' ? 'an array, or { "base64": … }' : 'an array';
        return issues.misfit(path, type, wanted);
      }
      const values = items.map((item, at) => fromJson(element, item, `${path}[${at}]`, issues));
      // Of bytes, some are none, or it would not have come here.
      return element.kind === 'u8' ? undefined : values;
    }
    case 'tuple':
      if (!isArray(json) || json.length !== type.fields.length) {
        return issues.misfit(path, type, `an array of ${type.fields.length}`);
      }
      return type.fields.map((field, at) =>
        fromJson(field.type, json[at] ?? null, `${path}[${at}]`, issues),
      );
    case 'record':
      return record(type, json, path, issues);
    case 'enum': {
      const isCase = type.cases.some(({ name }) => name === json);
      return isCase && typeof json === 'string' ? json : issues.misfit(path, type, 'a name');
    }
    case 'flags': {
      const names = isArray(json) ? json : null;
      const areNames = names?.every(
        (name) => typeof name === 'string' && type.names.includes(name),
      );
      return areNames ? (names as string[]) : issues.misfit(path, type, 'an array of names');
    }
    case 'option':
      return option(type, json, path, issues);
    case 'variant':
    case 'result':
      return variant(type, json, path, issues);
    default:
      return issues.misfit(path, type);
  }
}

function integer(type: ValueType, json: Json, path: string, issues: Issues): HostValue {
  if (typeof json !== 'number' || !Number.isSafeInteger(json)) {
    return issues.misfit(path, type, 'an integer');
  }
  const bits = Number(type.kind.slice(1));
  const least = type.kind.startsWith('s') ? -(2 ** (bits - 1)) : 0;
  if (json < least || json >= least + 2 ** bits) return issues.misfit(path, type, 'in the range');
  return json;
}

function wideInteger(type: ValueType, json: Json, path: string, issues: Issues): HostValue {
  const isNumber = typeof json === 'number' && Number.isSafeInteger(json);
  const isText = typeof json === 'string' && /^-?\d{1,20}$/.test(json);
  if (!isNumber && !isText) return issues.misfit(path, type, 'an integer, or a text of its digits');
  const value = BigInt(json);
  const fits =
    value === (type.kind === 's64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
  return fits ? value : issues.misfit(path, type, 'in the range');
}

/** JSON has no words for what is no number. */
const notNumbers = new Map<Json, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function floating(type: ValueType, json: Json, path: string, issues: Issues): HostValue {
  const value = typeof json === 'number' ? json : notNumbers.get(json);
  if (value === undefined) return issues.misfit(path, type, 'a number');
  // A number that a 32-bit float can only have as infinity.
  const isTooLarge =
    type.kind === 'f32' && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
  return isTooLarge ? issues.misfit(path, type, 'in the range') : value;
}

function isCharacter(json: Json): json is string {
  if (typeof json !== 'string' || !json.isWellFormed()) return false;
  const [first, ...rest] = json;
  return first !== undefined && rest.length === 0;
}

function isArray(json: Json | Uint8Array): json is readonly Json[] & Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is { [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Bytes of `{ "base64": … }`, or of a list of numbers that are; anything else as it is. */
function bytesOf(json: Json): Json | Uint8Array {
  if (isArray(json)) return json.every(isByte) ? Uint8Array.from(json as number[]) : json;
  if (!isObject(json) || Object.keys(json).join() !== 'base64') return json;
  const { base64 } = json;
  return (typeof base64 === 'string' && bytesOfBase64(base64)) || json;
}

function isByte(json: Json): boolean {
  return typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= 255;
}

function record(type: RecordType, json: Json, path: string, issues: Issues): HostValue {
  if (!isObject(json)) return issues.misfit(path, type, 'an object');
  const fields: { [name: string]: HostValue } = Object.create(null);
  for (const { name, type: inner } of type.fields) {
    const isThere = Object.hasOwn(json, name);
    if (isThere || inner.kind === 'option') {
      const value = isThere ? (json[name] ?? null) : null;
      fields[name] = fromJson(inner, value, `${path}.${name}`, issues);
    } else {
      issues.add(`${path}.${name}`, `missing: ${typeText(inner)}`);
    }
  }
  for (const key of Object.keys(json)) {
    if (issues.isFull) break;
    if (!type.fields.some(({ name }) => name === key)) {
      issues.add(`${path}.${shortened(key)}`, `is not a field of ${typeText(type)}`);
    }
  }
  return fields;
}

function shortened(key: string): string {
  return key.length > 60 ? `${key.slice(0, 60)}…` : key;
}

function option(type: VariantType, json: Json, path: string, issues: Issues): HostValue {
  const inner = type.cases[1]?.type;
  if (json === null || !inner) return undefined;
  if (inner.kind !== 'option') return fromJson(inner, json, path, issues);
  if (!isObject(json) || Object.keys(json).join() !== 'some') {
    return issues.misfit(path, type, 'null or an object with "some"');
  }
  return { some: fromJson(inner, json.some ?? null, `${path}.some`, issues) };
}

function variant(type: VariantType, json: Json, path: string, issues: Issues): HostValue {
  const tag = isObject(json) && Object.hasOwn(json, 'tag') ? json.tag : null;
  const chosen = type.cases.find(({ name }) => name === tag);
  if (!isObject(json) || !chosen) {
    return issues.misfit(path, type, 'an object with "tag" and "value"');
  }
  const extra = Object.keys(json).find((key) => key !== 'tag' && key !== 'value');
  const value = Object.hasOwn(json, 'value') ? (json.value ?? null) : null;
  if (extra !== undefined || (!chosen.type && value !== null)) {
    return issues.misfit(path, type, `{"tag":"${chosen.name}"} without more`);
  }
  if (!chosen.type) return { tag: chosen.name };
  return { tag: chosen.name, value: fromJson(chosen.type, value, `${path}.value`, issues) };
}
