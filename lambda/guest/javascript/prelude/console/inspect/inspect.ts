/**
 * `util.inspect` of Node.js 24, for QuickJS.
 * @see https://nodejs.org/docs/latest-v24.x/api/util.html#utilinspectobject-options
 */

import {
  apply,
  arrayIncludes,
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
} from '../../core/intrinsics.ts';
import {
  coloured,
  type InspectContext,
  type InspectOptions,
  inspectDefaults,
  isTooDeep,
  type PromiseProbe,
  plain,
} from './context.ts';
import { layOut } from './layout.ts';
import { formatObject } from './object.ts';
import { proxyParts } from './proxies.ts';
import { formatPrimitive } from './text.ts';

export interface Inspector {
  /**
   * @param room how many characters the caller shows at most; the text may be wrong after them
   */
  inspect(value: unknown, options?: InspectOptions, room?: number): string;
}

const customInspect = Symbol.for('nodejs.util.inspect.custom');

/** @param probe looks into promises */
export function createInspector(probe: PromiseProbe): Inspector {
  const tools = { probe, inspect };
  return {
    inspect: (value, options, room = Infinity) =>
      formatValue(createContext(options, room, tools), value, 0),
  };

  /** The function that a custom inspection method receives. */
  function inspect(value: unknown, ...rest: unknown[]): string {
    const options = rest[0];
    const depth = rest[1];
    const colors = rest[2];
    const merged: Record<string, unknown> =
      typeof options === 'boolean' ? { showHidden: options } : { ...(options as object) };
    if (depth !== undefined) merged.depth = depth;
    if (colors !== undefined) merged.colors = colors;
    return formatValue(createContext(merged, Infinity, tools), value, 0);
  }
}

function createContext(
  options: InspectOptions | undefined,
  room: number,
  tools: Pick<InspectContext, 'probe' | 'inspect'>,
): InspectContext {
  const context: InspectContext = {
    ...inspectDefaults,
    stylize: plain,
    seen: [],
    circular: undefined,
    indentation: 0,
    currentDepth: 0,
    room,
    userOptions: undefined,
    probe: tools.probe,
    inspect: tools.inspect,
    format: (value, level, typedArray) => formatValue(context, value, level, typedArray),
  };
  if (options !== undefined && options !== null) {
    // A script wrote the options. Like Node.js, this does not check their types.
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

/** @returns `original` where there is no such method, or where the method returns it */
function callCustom(
  context: InspectContext,
  value: object,
  original: object,
  level: number,
): unknown {
  const method = get(value, customInspect);
  if (typeof method !== 'function') return original;
  // The prototype that defines the method is not an instance.
  const Class: unknown = getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (typeof Class === 'function' && Class.prototype === value) return original;
  const depth = context.depth === null ? null : context.depth - level;
  const foreign = value !== original || !hasInstance(ObjectClass, original);
  return apply(method, original, [depth, optionsFor(context, foreign), context.inspect]);
}

/** The target of a proxy may be a proxy too, whose traps must not run either. */
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
