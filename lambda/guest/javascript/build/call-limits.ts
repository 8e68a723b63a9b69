/** Makes QuickJS do what V8 does at the limits of calls: of their depth, and of their arguments. */

import type { ModuleShape } from '../../wasm-binary/inspect.ts';
import type { Change } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, vector } from '../../wasm-binary/writer.ts';
import { stackOverflowMessage } from '../bridge/stack-overflow.ts';
import { constant, readBodies, sized } from './function-bodies.ts';
import { addressesOf, staticData } from './static-data.ts';

const [i32Const, i64Const, call, localGet, end] = [0x41, 0x42, 0x10, 0x20, 0x0b];

/** QuickJS's numbers of error classes. */
const [RANGE_ERROR, INTERNAL_ERROR] = [1, 6];
const overflowText = 'stack overflow';
/** Of `JS_DumpMemoryUsage`, which nothing calls: its place is free. */
const unusedText = 'QuickJS memory usage -- ';

const tooManyText = 'too many arguments in function call (only %d allowed)';
const SHIPPED_MAX_ARGUMENTS = 65_534;
/**
 * What a spread or `apply` may pass: somewhat more than V8's stack has room for. It must stay below
 * half of the C stack, in values of 8 bytes: QuickJS's check of the stack wraps around beyond.
 */
const MAX_ARGUMENTS = 131_071;

/**
 * Patches text in place, of the same module.
 * @throws {Error} where the binary is not as expected
 */
export function placeOverflowMessage(binary: Buffer): void {
  const at = binary.indexOf(unusedText);
  if (at === -1) throw missing('text of memory usage');
  binary.write(`${stackOverflowMessage}\0`, at);
}

/**
 * @param bytes what {@link placeOverflowMessage} has patched
 * @returns what to change of the module; see `rewrite`
 * @throws {Error} where the binary is not as expected
 */
export function changeCallLimits(
  bytes: Uint8Array,
  shape: ModuleShape,
): ReadonlyMap<number, Change> {
  const memory = staticData(bytes, shape);
  const all = readBodies(bytes, shape);
  const imported = all[0]?.index ?? 0;
  const bodies: Buffer[] = all.map(({ start, reader }) =>
    Buffer.from(bytes.subarray(start, reader.end)),
  );
  const indexOf = (body: Buffer, what: string): number => {
    const [found, other] = [...bodies.keys()].filter((index) => bodies[index]?.equals(body));
    if (found === undefined || other !== undefined) throw missing(what);
    return found;
  };
  const throwing = (text: string, thrower: number): Buffer => {
    const message = constant(i32Const, theOnly(addressesOf(text, memory), text));
    return code(0, localGet, 0, ...message, i32Const, 0, call, ...leb(BigInt(thrower)), end);
  };

  const overflow = bodies.findIndex((_, index) =>
    bodies.some((body) => body.equals(throwing(overflowText, imported + index))),
  );
  const throwInternal = bodies[overflow];
  if (throwInternal === undefined) throw missing('thrower of stack overflows');
  const throwRange = indexOf(
    replaced(throwInternal, [i32Const, INTERNAL_ERROR], [i32Const, RANGE_ERROR]),
    'JS_ThrowRangeError',
  );
  const throwOverflow = indexOf(
    throwing(overflowText, imported + overflow),
    'JS_ThrowStackOverflow',
  );
  bodies[throwOverflow] = throwing(stackOverflowMessage, imported + throwRange);

  const tooMany = constant(i32Const, theOnly(addressesOf(tooManyText, memory), tooManyText));
  const [caller, otherCaller] = [...bodies.keys()].filter((index) =>
    bodies[index]?.includes(Buffer.from(tooMany)),
  );
  const spread = bodies[caller ?? -1];
  if (caller === undefined || spread === undefined || otherCaller !== undefined) {
    throw missing('limit of arguments');
  }
  bodies[caller] = replaced(
    replaced(
      spread,
      constant(i64Const, SHIPPED_MAX_ARGUMENTS + 1),
      constant(i64Const, MAX_ARGUMENTS + 1),
    ),
    constant(i32Const, SHIPPED_MAX_ARGUMENTS),
    constant(i32Const, MAX_ARGUMENTS),
  );
  return new Map([[sectionId.code, { content: vector(bodies.map((body) => [sized(body)])) }]]);
}

function code(...bytes: number[]): Buffer {
  return Buffer.from(bytes);
}

function replaced(body: Buffer, from: readonly number[], to: readonly number[]): Buffer {
  const at = body.indexOf(Buffer.from(from));
  if (at === -1 || body.includes(Buffer.from(from), at + 1))
    throw missing(`code ${from.join(' ')}`);
  return Buffer.from(
    concatenate([body.subarray(0, at), Uint8Array.from(to), body.subarray(at + from.length)]),
  );
}

function theOnly(found: readonly number[], what: string): number {
  const [first, other] = found;
  if (first === undefined || other !== undefined) throw missing(what);
  return first;
}

function missing(what: string): Error {
  return new Error(`The QuickJS binary has no ${what} as expected.`);
}
