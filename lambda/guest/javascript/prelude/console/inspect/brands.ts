/**
 * Tests a value for internal slots; prototype and properties do not count, as a script can change
 * them. A method of the language that throws on every other receiver finds a slot.
 */

import {
  arrayBufferByteLength,
  arraySlice,
  bigIntValueOf,
  booleanValueOf,
  dataViewBuffer,
  dateGetTime,
  defineProperty,
  ErrorClass,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasInChain,
  hasInstance,
  isArray,
  isNativeError,
  mapIteratorNext,
  mapSize,
  numberValueOf,
  objectToString,
  RegExpClass,
  regExpSource,
  setIteratorNext,
  setSize,
  sharedArrayBufferByteLength,
  stringValueOf,
  symbolValueOf,
  tagKey,
  typedArrayName,
  weakMapGet,
  weakMapHas,
  weakMapSet,
  weakSetHas,
} from '../../core/intrinsics.ts';

const accepts =
  (method: (value: unknown) => unknown) =>
  (value: unknown): boolean => {
    try {
      method(value);
      return true;
    } catch {
      return false;
    }
  };

const key = {};

export const isMap = accepts(mapSize);
export const isSet = accepts(setSize);
export const isWeakMap = accepts((value) => weakMapHas(value, key));
export const isWeakSet = accepts((value) => weakSetHas(value, key));
export const isDate = accepts(dateGetTime);
export const isArrayBuffer = accepts(arrayBufferByteLength);
export const isSharedArrayBuffer = accepts(sharedArrayBufferByteLength);
export const isDataView = accepts(dataViewBuffer);
export const isBigIntObject = accepts(bigIntValueOf);
export const isBooleanObject = accepts(booleanValueOf);
export const isNumberObject = accepts(numberValueOf);
export const isStringObject = accepts(stringValueOf);
export const isSymbolObject = accepts(symbolValueOf);

const hasSource = accepts(regExpSource);
// `source` accepts the prototype too, which is not a regular expression.
export const isRegExp = (value: object): boolean =>
  value !== RegExpClass.prototype && hasSource(value);

export const isTypedArray = (value: unknown): boolean => typedArrayName(value) !== undefined;

export const isError = (value: unknown): boolean =>
  isNativeError(value) || hasInstance(ErrorClass, value);

export const isArguments = (value: object): boolean =>
  !(tagKey in value) && objectToString(value) === '[object Arguments]';

/** No other object can have such a tag: an own property that cannot change, on no prototype. */
export function isModuleNamespace(value: object): boolean {
  if (getPrototypeOf(value) !== null) return false;
  const tag = getOwnPropertyDescriptor(value, tagKey);
  return tag?.value === 'Module' && tag.configurable === false && tag.writable === false;
}

const asyncFunctionPrototype: object = getPrototypeOf(async () => {});
const generatorFunctionPrototype: object = getPrototypeOf(function* () {});
const asyncGeneratorFunctionPrototype: object = getPrototypeOf(async function* () {});

/** `AsyncGeneratorFunction` and the like. */
export function functionKind(value: object): string {
  if (hasInChain(asyncGeneratorFunctionPrototype, value)) return 'AsyncGeneratorFunction';
  if (hasInChain(generatorFunctionPrototype, value)) return 'GeneratorFunction';
  if (hasInChain(asyncFunctionPrototype, value)) return 'AsyncFunction';
  return 'Function';
}

/** The items that an iterator of a Map or Set has left. */
interface IteratorPreview {
  readonly kind: 'Map' | 'Set';
  readonly items: readonly unknown[];
  /** Whether the items are `[key, value]`. */
  readonly entries: boolean;
}

interface Replay {
  readonly kind: 'Map' | 'Set';
  readonly items: unknown[];
  readonly entries: boolean;
  position: number;
}

const replays = new WeakMap<object, Replay>();

/**
 * Reads the items that an iterator of a Map or Set has left. The language can only drain it, so the
 * iterator gets a `next` of its own that returns the items again.
 * @returns undefined where `value` is not such an iterator
 */
export function previewIterator(value: object): IteratorPreview | undefined {
  const replay = (weakMapGet(replays, value) as Replay | undefined) ?? drain(value);
  if (replay === undefined) return undefined;
  const { kind, entries } = replay;
  return { kind, entries, items: arraySlice(replay.items, replay.position) };
}

function drain(value: object): Replay | undefined {
  const tag = objectToString(value);
  // A cheap test first: most objects are not iterators, and to throw an error is slow.
  if (tag !== '[object Map Iterator]' && tag !== '[object Set Iterator]') return undefined;
  const kind = tag === '[object Map Iterator]' ? 'Map' : 'Set';
  const step = kind === 'Map' ? mapIteratorNext : setIteratorNext;
  const items: unknown[] = [];
  try {
    for (let result = step(value); result.done !== true; result = step(value)) {
      items[items.length] = result.value;
    }
  } catch {
    return undefined;
  }
  const replay: Replay = { kind, items, entries: areEntries(kind, items), position: 0 };
  weakMapSet(replays, value, replay);
  defineProperty(value, 'next', {
    value: function next(): IteratorResult<unknown> {
      return replay.position < items.length
        ? { value: items[replay.position++], done: false }
        : { value: undefined, done: true };
    },
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return replay;
}

/** An iterator does not say what it iterates over: only its items show it. */
function areEntries(kind: 'Map' | 'Set', items: readonly unknown[]): boolean {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (!isArray(item) || item.length !== 2) return false;
    if (kind === 'Set' && item[0] !== item[1]) return false;
  }
  return items.length > 0;
}
