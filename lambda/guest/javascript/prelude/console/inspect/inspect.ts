/**
 * `util.inspect` of Node.js 24, for QuickJS.
 * @see https://nodejs.org/docs/latest-v24.x/api/util.html#utilinspectobject-options
 */

import {
  coloured,
  type InspectContext,
  type InspectOptions,
  inspectDefaults,
  isTooDeep,
  type PromiseProbe,
  plain,
} from './context.ts';
import {
  append,
  apply,
  arrayIncludes,
  arraySlice,
  ErrorClass,
  get,
  getOwnPropertyDescriptor,
  hasInstance,
  hasOwn,
  MapClass,
  mapGet,
  mapSet,
  ObjectClass,
  objectKeys,
  repeat,
  replace,
  setPrototypeOf,
  slice,
  sort,
} from './intrinsics.ts';
import { layOut } from './layout.ts';
import { constructorName, objectPrefix, tagOf } from './names.ts';
import { formatProperty } from './properties.ts';
import { proxyParts } from './proxies.ts';
import { type Shape, shapeOf } from './shape.ts';
import { formatPrimitive } from './text.ts';

export interface Inspector {
  /**
   * @param room characters that will be used at most; what is beyond need not be exact
   */
  inspect(value: unknown, options?: InspectOptions, room?: number): string;
}

const customInspect = Symbol.for('nodejs.util.inspect.custom');

/** @param probe looks into promises */
export function createInspector(probe: PromiseProbe): Inspector {
  return {
    inspect(value, options, room = Infinity) {
      return formatValue(createContext(options, room), value, 0);
    },
  };

  function createContext(options: InspectOptions | undefined, room: number): InspectContext {
    const context: InspectContext = {
      ...inspectDefaults,
      stylize: plain,
      seen: [],
      circular: undefined,
      indentation: 0,
      currentDepth: 0,
      room,
      userOptions: undefined,
      format: (value, level, typedArray) => formatValue(context, value, level, typedArray),
    };
    if (options !== undefined && options !== null) {
      // Options are as a script wrote them: like Node.js, take them for what they should be.
      const settings = context as unknown as Record<string, unknown>;
      const keys = objectKeys(options);
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as string;
        if (hasOwn(inspectDefaults, key) || key === 'stylize') settings[key] = get(options, key);
        else context.userOptions ??= options;
      }
    }
    if (context.colors) context.stylize = coloured;
    context.maxArrayLength ??= Infinity;
    context.maxStringLength ??= Infinity;
    return context;
  }

  /** The function that a custom inspection method receives. */
  function inspect(value: unknown, ...rest: unknown[]): string {
    const options = rest[0];
    const depth = rest[1];
    const colors = rest[2];
    const merged: Record<string, unknown> =
      typeof options === 'boolean' ? { showHidden: options } : { ...(options as object) };
    if (depth !== undefined) merged.depth = depth;
    if (colors !== undefined) merged.colors = colors;
    return formatValue(createContext(merged, Infinity), value, 0);
  }

  function formatValue(
    context: InspectContext,
    original: unknown,
    level: number,
    typedArray = false,
  ): string {
    if (original === null) return context.stylize('null', 'null');
    if (typeof original !== 'object' && typeof original !== 'function') {
      const text = formatPrimitive(context, original, context.stylize);
      context.room -= text.length;
      return text;
    }
    let value: object = original;
    const proxy = proxyParts(value);
    if (proxy !== undefined) {
      if (proxy === null) return context.stylize('<Revoked Proxy>', 'special');
      if (context.showProxy) return formatProxy(context, proxy, level);
      value = innermostTarget(value);
      if (proxyParts(value) === null) return context.stylize('<Revoked Proxy>', 'special');
    }
    if (context.customInspect) {
      const result = callCustom(context, value, original, level);
      if (result !== original) {
        if (typeof result !== 'string') return formatValue(context, result, level);
        return replace(/\n/g, result, () => `\n${repeat(' ', context.indentation)}`);
      }
    }
    if (arrayIncludes(context.seen, value)) {
      context.circular ??= new MapClass();
      let index = mapGet(context.circular, value) as number | undefined;
      if (index === undefined) {
        index = context.circular.size + 1;
        mapSet(context.circular, value, index);
      }
      return context.stylize(`[Circular *${index}]`, 'special');
    }
    return formatObject(context, value, level, typedArray);
  }

  function formatProxy(
    context: InspectContext,
    { target, handler }: { target: object; handler: object },
    level: number,
  ): string {
    if (isTooDeep(context, level)) return context.stylize('Proxy [Array]', 'special');
    context.indentation += 2;
    const entries = [
      formatValue(context, target, level + 1),
      formatValue(context, handler, level + 1),
    ];
    context.indentation -= 2;
    return layOut(context, entries, '', ['Proxy [', ']'], 'array', level + 1);
  }

  /** @returns `original` itself where there is no such method, or it returned that */
  function callCustom(
    context: InspectContext,
    value: object,
    original: object,
    level: number,
  ): unknown {
    const method = get(value, customInspect);
    if (typeof method !== 'function') return original;
    // A prototype that has the method is not an instance.
    const Class: unknown = getOwnPropertyDescriptor(value, 'constructor')?.value;
    if (typeof Class === 'function' && Class.prototype === value) return original;
    const depth = context.depth === null ? null : context.depth - level;
    const foreign = value !== original || !hasInstance(ObjectClass, original);
    return apply(method, original, [depth, optionsFor(context, foreign), inspect]);
  }

  function formatObject(
    context: InspectContext,
    value: object,
    level: number,
    typedArray: boolean,
  ): string {
    const inherited: string[] | undefined =
      context.showHidden && !isTooDeep(context, level) ? [] : undefined;
    const className = constructorName(value, context, level, inherited);
    const tag = tagOf(value, context);
    const isBare = inherited === undefined || inherited.length === 0;
    const shape = shapeOf(context, value, { className, tag, level, typedArray, isBare }, probe);
    if (typeof shape === 'string') {
      context.room -= shape.length;
      return shape;
    }
    if (isTooDeep(context, level)) {
      const name = slice(objectPrefix(value, className, tag), 0, -1);
      return context.stylize(className === null ? name : `[${name}]`, 'special');
    }
    context.room -= shape.base.length + shape.braces[0].length + 3;
    context.seen[context.seen.length] = value;
    context.currentDepth = level + 1;
    const { indentation } = context;
    let output: string[];
    try {
      output = formatEntries(context, value, level + 1, shape, typedArray);
      if (inherited !== undefined) {
        for (let i = 0; i < inherited.length; i++) output[output.length] = inherited[i] as string;
      }
    } catch (error) {
      if (!isStackOverflow(error)) throw error;
      context.seen.length -= 1;
      context.indentation = indentation;
      const name = slice(objectPrefix(value, className, tag), 0, -1);
      return context.stylize(
        `[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`,
        'special',
      );
    }
    let { base } = shape;
    let open = shape.braces[0];
    const index = context.circular && (mapGet(context.circular, value) as number | undefined);
    if (index !== undefined) {
      const reference = context.stylize(`<ref *${index}>`, 'special');
      if (context.compact === true) open = `${reference} ${open}`;
      else base = base === '' ? reference : `${reference} ${base}`;
    }
    context.seen.length -= 1;
    if (context.sorted) sortEntries(context, output, shape);
    return layOut(context, output, base, [open, shape.braces[1]], shape.kind, level + 1, value);
  }

  function formatEntries(
    context: InspectContext,
    value: object,
    level: number,
    shape: Shape,
    typedArray: boolean,
  ): string[] {
    const output = shape.entries?.(level) ?? [];
    const { accessors = [], keys, kind } = shape;
    for (let i = 0; i < accessors.length; i++) {
      const accessor = accessors[i] as (typeof accessors)[number];
      context.indentation += 2;
      const text = formatValue(context, accessor[1](), level, typedArray || shape.isTypedArray);
      context.indentation -= 2;
      output[output.length] = `${context.stylize(`[${accessor[0]}]`, 'string')}: ${text}`;
    }
    for (let i = 0; i < keys.length && context.room >= 0; i++) {
      output[output.length] = formatProperty(
        context,
        value,
        level,
        keys[i] as string | symbol,
        kind,
      );
    }
    return output;
  }
}

/** Traps of a proxy's target, if that is a proxy again, must not run either. */
function innermostTarget(value: object): object {
  let target = value;
  for (let parts = proxyParts(target); parts; parts = proxyParts(target)) target = parts.target;
  return target;
}

function optionsFor(context: InspectContext, foreign: boolean): Record<string, unknown> {
  const options: Record<string, unknown> = { stylize: context.stylize };
  const names = objectKeys(inspectDefaults) as (keyof InspectOptions)[];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as keyof InspectOptions;
    options[name] = context[name];
  }
  const merged = { ...options, ...context.userOptions };
  return foreign ? setPrototypeOf(merged, null) : merged;
}

function sortEntries(context: InspectContext, output: string[], shape: Shape): void {
  const compare = typeof context.sorted === 'function' ? context.sorted : undefined;
  if (shape.kind === 'object') {
    sort(output, compare);
  } else if (shape.keys.length > 1) {
    const from = output.length - shape.keys.length;
    const sorted = sort(arraySlice(output, from), compare);
    output.length = from;
    append(output, sorted);
  }
}

/** QuickJS throws an InternalError, V8 a RangeError. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof ErrorClass && error.message === 'stack overflow';
}
