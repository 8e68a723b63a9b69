/** The name of an object: its class, its tag, its prototype. */

import {
  append,
  arrayIncludes,
  exec,
  functionToString,
  get,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasInstance,
  hasOwn,
  includes,
  indexOf,
  isArray,
  isEnumerable,
  mapGet,
  ownKeys,
  replace,
  setHas,
  slice,
  startsWith,
  tagKey,
  toLowerCase,
  toText,
  typedArrayConstructor,
  typedArrayName,
} from '../../core/intrinsics.ts';
import { isInterface } from '../../core/webidl/interface.ts';
import { functionKind, isDate, isError, isMap, isRegExp, isSet } from './brands.ts';
import { type InspectContext, isTooDeep } from './context.ts';
import { formatProperty } from './properties.ts';

/** Constructors of the language: where a prototype chain reaches one, the script's part ends. */
const builtIns = new Set(
  (
    'Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError ' +
    'EvalError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer Uint8Array ' +
    'Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array ' +
    'Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap ' +
    'WeakSet WeakRef Proxy FinalizationRegistry SharedArrayBuffer Atomics Iterator JSON Math ' +
    'Intl Reflect WebAssembly NaN Infinity'
  ).split(' '),
);
export const isBuiltInConstructor = (name: string): boolean => setHas(builtIns, name);

/** Prototypes whose names do not depend on their `constructor`, which a script may change. */
const wellKnown = new Map<object, readonly [string, unknown]>();
for (const Class of [
  Array,
  ArrayBuffer,
  Function,
  Map,
  Set,
  Object,
  RegExp,
  Date,
  DataView,
  Error,
  AggregateError,
  RangeError,
  TypeError,
  Boolean,
  Number,
  String,
  Promise,
  WeakMap,
  WeakSet,
]) {
  wellKnown.set(Class.prototype, [Class.name, Class]);
}
wellKnown.set(getPrototypeOf(Uint8Array.prototype), ['TypedArray', typedArrayConstructor]);
const wellKnownOf = ((prototype: object) => mapGet(wellKnown, prototype)) as (
  prototype: object,
) => readonly [string, unknown] | undefined;

function isInstance(value: object, Class: unknown): boolean {
  try {
    return value instanceof (Class as typeof Object);
  } catch {
    return false;
  }
}

/**
 * The name of the class of `value`.
 * @param inherited receives the properties of its prototypes that are the script's, for `showHidden`
 * @returns null for an object without prototypes
 */
export function constructorName(
  value: object,
  context: InspectContext,
  level: number,
  inherited: string[] | undefined,
): string | null {
  let first: object | null | undefined;
  for (let object: object | null = value; object !== null; ) {
    const known = wellKnownOf(object);
    if (known !== undefined && hasInstance(known[1], value)) {
      if (inherited !== undefined && first !== object) {
        addInherited(context, value, first ?? value, level, inherited);
      }
      return known[0];
    }
    const Class: unknown = getOwnPropertyDescriptor(object, 'constructor')?.value;
    if (typeof Class === 'function') {
      const { name } = Class;
      if (name !== '' && isInstance(value, Class)) {
        if (inherited !== undefined && (first !== object || !isBuiltInConstructor(name))) {
          addInherited(context, value, first ?? value, level, inherited);
        }
        return toText(name);
      }
    }
    object = getPrototypeOf(object);
    if (first === undefined) first = object;
  }
  if (first === null || first === undefined) return null;

  const name = engineClass(value);
  if (isTooDeep(context, level)) return `${name} <Complex prototype>`;
  const above = constructorName(first, context, level + 1, inherited);
  if (above !== null) return `${name} <${above}>`;
  const { customInspect, depth } = context;
  context.customInspect = false;
  context.depth = -1;
  try {
    return `${name} <${context.format(first, 0)}>`;
  } finally {
    context.customInspect = customInspect;
    context.depth = depth;
  }
}

/** The class of an object by its internal slots; its prototype does not count. */
function engineClass(value: object): string {
  if (typeof value === 'function') return 'Function';
  if (isArray(value)) return 'Array';
  if (isMap(value)) return 'Map';
  if (isSet(value)) return 'Set';
  if (isError(value)) return 'Error';
  if (isDate(value)) return 'Date';
  if (isRegExp(value)) return 'RegExp';
  return typedArrayName(value) ?? 'Object';
}

/** Prototypes that are shown; those of the language never are. */
const MAX_SHOWN_PROTOTYPES = 3;

function addInherited(
  context: InspectContext,
  main: object,
  start: object,
  level: number,
  output: string[],
): void {
  const shadowed: PropertyKey[] = [];
  let object: object | null = start;
  let keys: PropertyKey[] = [];
  for (let depth = 0; depth < MAX_SHOWN_PROTOTYPES; depth++) {
    if (depth !== 0 || main === object) {
      object = getPrototypeOf(object);
      if (object === null) return;
      const Class: unknown = getOwnPropertyDescriptor(object, 'constructor')?.value;
      if (typeof Class === 'function' && isBuiltInConstructor(Class.name)) return;
    }
    append(shadowed, keys);
    keys = ownKeys(object);
    context.seen[context.seen.length] = main;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (key === 'constructor' || hasOwn(main, key) || arrayIncludes(shadowed, key)) continue;
      const descriptor = getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || typeof descriptor.value === 'function') continue;
      const text = formatProperty(context, object, level, key, 'object', descriptor, main);
      output[output.length] = context.colors ? `\u001b[2m${text}\u001b[22m` : text;
    }
    context.seen.length -= 1;
  }
}

/** `Symbol.toStringTag`, unless the list of properties shows it. */
export function tagOf(value: object, context: InspectContext): string {
  let tag: unknown;
  try {
    tag = get(value, tagKey);
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  const listed = context.showHidden ? hasOwn : isEnumerable;
  return listed(value, tagKey) ? '' : tag;
}

/** The text before the braces, such as `Foo(2) [bar] `. */
export function prefixOf(
  className: string | null,
  tag: string,
  fallback: string,
  size = '',
): string {
  if (className === null) {
    return tag !== '' && fallback !== tag
      ? `[${fallback}${size}: null prototype] [${tag}] `
      : `[${fallback}${size}: null prototype] `;
  }
  let result = `${className}${size} `;
  if (tag !== '') {
    const position = indexOf(className, tag);
    const next = className[position + tag.length];
    if (position === -1 || (next !== undefined && next === toLowerCase(next))) {
      result += `[${tag}] `;
    }
  }
  return result;
}

export function objectPrefix(value: object, className: string | null, tag: string): string {
  let fallback = '';
  if (className === null) {
    fallback = engineClass(value);
    if (fallback === tag) fallback = 'Object';
  }
  return prefixOf(className, tag, fallback);
}

const comments = /(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g;
const classHead = /^(\s+[^(]*?)\s*{/;

function isClass(source: string): boolean {
  if (!startsWith(source, 'class') || source[source.length - 1] !== '}') return false;
  const rest = slice(source, 5, -1);
  const brace = indexOf(rest, '{');
  if (brace === -1) return false;
  return (
    !includes(slice(rest, 0, brace), '(') || exec(classHead, replace(comments, rest, '')) !== null
  );
}

/** `[Function: f]`, `[class A extends B]`. */
export function functionBase(
  value: object,
  context: InspectContext,
  className: string | null,
  tag: string,
): string {
  if (isInterface(value) || isClass(functionToString(value))) {
    return classBase(value, className, tag);
  }
  const kind = functionKind(value);
  const name = get(value, 'name');
  let base = `[${kind}`;
  if (className === null) base += ' (null prototype)';
  if (name === '') base += ' (anonymous)';
  else base += `: ${typeof name === 'string' ? name : context.format(name, 0)}`;
  base += ']';
  if (className !== kind && className !== null) base += ` ${className}`;
  if (tag !== '' && className !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value: object, className: string | null, tag: string): string {
  const name = (hasOwn(value, 'name') && get(value, 'name')) || '(anonymous)';
  let base = `class ${toText(name)}`;
  if (className !== 'Function' && className !== null) base += ` [${className}]`;
  if (tag !== '' && className !== tag) base += ` [${tag}]`;
  if (className === null) return `[${base} extends [null prototype]]`;
  const parent = get(getPrototypeOf(value), 'name');
  return parent ? `[${base} extends ${toText(parent)}]` : `[${base}]`;
}
