/** Which export a run calls, with which arguments, and what its result is in JSON. */

import type { Json } from '../../contract/errors.ts';
import type { RunMessage } from '../../contract/protocol.ts';
import type { ModuleShape } from '../wasm-binary/inspect.ts';
import { shown } from '../wasm-binary/inspect.ts';
import type { Signature } from '../wasm-binary/types.ts';
import { hintFor } from './module/hints.ts';

export type Value = number | bigint;

export interface Entry {
  readonly name: string;
  readonly signature: Signature;
  readonly args: readonly Value[];
  /** `_start` of a WASI command: its end is an exit, not a value. */
  readonly isCommand: boolean;
}

/** The request names no export that the module has; the message names those there are. */
export class EntrypointNotFound extends Error {
  readonly exports: readonly string[];

  constructor(message: string, exports: readonly string[]) {
    super(message);
    this.name = 'EntrypointNotFound';
    this.exports = exports;
  }
}

interface ArgumentIssue {
  readonly path: string;
  readonly reason: string;
}

/** The request's arguments do not fit what the export declares. */
export class InvalidArguments extends Error {
  readonly issues: readonly ArgumentIssue[];

  constructor(issues: readonly ArgumentIssue[]) {
    super(issues.map(({ path, reason }) => `${path}: ${reason}`).join('; '));
    this.name = 'InvalidArguments';
    this.issues = issues;
  }
}

const usual = ['_start', 'main', 'run'];

/**
 * Chooses the export to call and converts the request's arguments.
 * @returns `null` where the request names none, none of the usual is there, but a start function is
 * @throws {EntrypointNotFound} {InvalidArguments}
 */
export function chooseEntry(
  shape: ModuleShape,
  run: Pick<RunMessage, 'entrypoint' | 'args'>,
): Entry | null {
  const functions = new Map(
    shape.exports.flatMap(({ name, kind, index }) => {
      const signature = kind === 'function' ? shape.functions[index] : undefined;
      return signature ? [[name, signature] as const] : [];
    }),
  );
  const name = run.entrypoint ?? usual.find((candidate) => functions.has(candidate));
  if (name === undefined && shape.start !== null) return null;
  const signature = name === undefined ? undefined : functions.get(name);
  if (name === undefined || !signature)
    throw notFound(missingName(shape, run.entrypoint), functions);
  if (name === '_start') {
    rejectParameters(name, signature, functions);
    return { name, signature, args: [], isCommand: true };
  }
  const initialize = functions.get('_initialize');
  if (initialize && name !== '_initialize') {
    rejectParameters('_initialize', initialize, functions);
  }
  const unasked = run.entrypoint === null && signature.params.length === 0;
  const args = unasked ? [] : convertArguments(signature, run.args);
  rejectResults(signature);
  return { name, signature, args, isCommand: false };
}

/** What the export returned, as JSON text: i64 as a decimal string, several values as an array. */
export function resultJson({ results }: Signature, returned: unknown): string {
  if (results.length === 0) return 'null';
  const values: unknown[] = results.length === 1 ? [returned] : Array.from(returned as unknown[]);
  const plain = values.map((value) => (typeof value === 'bigint' ? value.toString() : value));
  return JSON.stringify(results.length === 1 ? plain[0] : plain);
}

/** WASI has `_start` and `_initialize` called without parameters: there is nothing to pass. */
function rejectParameters(
  name: string,
  { params }: Signature,
  functions: ReadonlyMap<string, Signature>,
): void {
  if (params.length === 0) return;
  const takes = `The export "${name}" takes (${params.join(', ')})`;
  throw notFound(`${takes}, and so is not the ${name} of WASI, which takes nothing`, functions);
}

function missingName(shape: ModuleShape, wanted: string | null): string {
  const other = shape.exports.find(({ name, kind }) => name === wanted && kind !== 'function');
  const what = other
    ? `The export "${wanted}" is a ${other.kind}, not a function`
    : wanted === null
      ? 'The module exports none of _start, main and run; name one with "entrypoint"'
      : `The module has no export "${wanted}"`;
  const hint = hintFor([], shape)?.replace(/\.$/, '');
  return hint ? `${what}. ${hint}` : what;
}

function notFound(what: string, functions: ReadonlyMap<string, Signature>): EntrypointNotFound {
  const names = [...functions.keys()];
  const listed = names.slice(0, MAX_LISTED).map(shown);
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  const there = listed.length > 0 ? `${listed.join(', ')}${more}` : 'none';
  return new EntrypointNotFound(`${what}. Exported functions: ${there}.`, listed);
}

const MAX_LISTED = 50;

function convertArguments({ params }: Signature, args: readonly Json[]): Value[] {
  const unconvertible = params.flatMap((type, index) =>
    type in parsers
      ? []
      : [{ path: `args[${index}]`, reason: `a parameter of type ${type} has no JSON form` }],
  );
  if (unconvertible.length > 0) throw new InvalidArguments(unconvertible);
  if (params.length !== args.length) {
    const takes = `(${params.join(', ')})`;
    throw new InvalidArguments([
      { path: 'args', reason: `the function takes ${params.length} ${takes}, not ${args.length}` },
    ]);
  }
  const issues: ArgumentIssue[] = [];
  const values = params.map((type, index): Value => {
    const value = parsers[type]?.(String(args[index] ?? '')) ?? null;
    if (value === null) issues.push({ path: `args[${index}]`, reason: `not an ${type}` });
    return value ?? 0;
  });
  if (issues.length > 0) throw new InvalidArguments(issues);
  return values;
}

function rejectResults({ results }: Signature): void {
  const issues = results
    .filter((type) => !(type in parsers))
    .map((type) => ({ path: 'entrypoint', reason: `a result of type ${type} has no JSON form` }));
  if (issues.length > 0) throw new InvalidArguments(issues);
}

const parsers: { readonly [type: string]: (text: string) => Value | null } = Object.assign(
  Object.create(null),
  {
    i32: (text: string) => {
      const value = parseInteger(text, 32n);
      return value === null ? null : Number(value);
    },
    i64: (text: string) => parseInteger(text, 64n),
    f32: parseFloating,
    f64: parseFloating,
  },
);

/** Decimal or hexadecimal, signed or unsigned, as the text format writes integers. */
function parseInteger(text: string, bits: bigint): bigint | null {
  const match = /^([+-]?)(\d+|0x[\da-f]+)$/i.exec(text);
  if (!match?.[2] || text.length > 24) return null;
  const value = match[1] === '-' ? -BigInt(match[2]) : BigInt(match[2]);
  return value >= -(2n ** (bits - 1n)) && value < 2n ** bits
    ? BigInt.asIntN(Number(bits), value)
    : null;
}

function parseFloating(text: string): number | null {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (!special?.[2]) return null;
  if (special[2].toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** What the error's `details` say. */
export function issuesJson(issues: readonly ArgumentIssue[]): Json {
  return issues.map(({ path, reason }) => ({ path, reason }));
}
