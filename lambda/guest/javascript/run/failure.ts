/** Turns what ended a run into the error that the caller sees. */

import { isShallow } from '../../../contract/depth.ts';
import { guestErrorCodes, type Json } from '../../../contract/errors.ts';
import { limitError } from '../../../contract/limit-error.ts';
import type { GuestError, RunMessage } from '../../../contract/protocol.ts';
import { stackOverflowMessage } from '../bridge/stack-overflow.ts';
import { withPlaces } from '../errors/error-places.ts';
import { loadSourceMaps } from '../errors/loaded-maps.ts';
import { RunFailure } from '../errors/run-failure.ts';
import type { Position } from '../errors/source-text.ts';
import { requireAdvice, syntaxMessage, unsupportedSyntax } from '../errors/unsupported-syntax.ts';
import { GuestThrow } from '../machine/guest-throw.ts';
import { OutOfMemory } from '../machine/library.ts';
import { ImportFailure } from '../modules/import-failure.ts';
import type { Code } from '../source/likely-places.ts';
import { positionIn } from '../source/prepared-source.ts';
import { TypeScriptSyntaxError, TypeScriptTooComplex } from '../typescript/failure.ts';
import { exceeding, type GuestRun } from './guest-run.ts';

/** What the prelude makes of an error; see `prelude/run/error-record.ts`. */
interface ErrorRecord {
  readonly code: GuestError['code'] | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly details: Json;
  readonly truncated: boolean;
}

/** The prelude cuts the texts of an error shorter, unless the script has broken it. */
const MAX_TEXT_LENGTH = 128 * 1024;

/** The error of a run, with its places in the script's own text. */
export async function failureOf(run: GuestRun, thrown: unknown): Promise<GuestError> {
  const { message, entry } = run;
  const sourceOf = (url: string): string | undefined =>
    url === message.url ? entry.text : run.modules?.sourceOf(url);
  // A module that the run has chosen may name what the run wants to tell.
  const namedSourceOf = (url: string): string | undefined =>
    url === message.url || run.modules?.isNamed(url) === true ? sourceOf(url) : undefined;
  const unplaced = await withLikelyPlace(run, explain(run, thrown));
  const error = withPlaces(
    unplaced,
    sourceOf,
    (url) => url === message.url || run.modules?.isOwn(url) === true,
    run.exceeded === null ? await loadSourceMaps(unplaced, namedSourceOf, run.host) : undefined,
  );
  return withRequireAdvice(run, withSyntaxName(error, entry.text));
}

/**
 * The error of code of which no JavaScript can be made.
 * @throws {unknown} whatever is none
 */
export function typeScriptFailure({ url, limits }: RunMessage, thrown: unknown): GuestError {
  if (thrown instanceof TypeScriptTooComplex) return limitError('stack', limits);
  if (!(thrown instanceof TypeScriptSyntaxError)) throw thrown;
  const { message, source, line, column } = thrown;
  const stack = `SyntaxError: ${message}\n    at ${url}:${line}:${column}`;
  const error = {
    code: 'SYNTAX_ERROR',
    name: 'SyntaxError',
    message,
    stack,
    details: null,
  } as const;
  const isCode = (file: string): boolean => file === url;
  const placed = withPlaces(error, (file) => (isCode(file) ? source : undefined), isCode);
  return withSyntaxName(placed, source);
}

/** Names the syntax that the engine does not have. */
function withSyntaxName(error: GuestError, source: string): GuestError {
  const place = error.code === 'SYNTAX_ERROR' ? positionOf(error.details) : null;
  const unsupported = place === null ? null : unsupportedSyntax(source, place);
  if (unsupported === null) return error;
  const code = unsupported === 'JSX' ? 'UNSUPPORTED_CODE' : error.code;
  return { ...withMessage(error, syntaxMessage(error.message, unsupported)), code };
}

function withRequireAdvice({ entry, message }: GuestRun, error: GuestError): GuestError {
  if (entry.kind !== 'module' || error.name !== 'ReferenceError') return error;
  const place = placeIn(error.details, message.url);
  const advice = place === null ? null : requireAdvice(entry.text, place);
  return advice === null ? error : withMessage(error, `${error.message} (${advice})`);
}

function withMessage(error: GuestError, message: string): GuestError {
  return { ...error, message, stack: error.stack?.replace(error.message, () => message) ?? null };
}

function placeIn(details: Json, url: string): Position | null {
  const position = positionOf(details);
  return position !== null && (details as { readonly url?: Json }).url === url ? position : null;
}

/** Whether an error has a place that is further on than that of another. */
export function isBehind(error: GuestError, other: GuestError): boolean {
  const [place, otherPlace] = [positionOf(error.details), positionOf(other.details)];
  if (place === null || otherPlace === null) return false;
  if (place.line !== otherPlace.line) return place.line > otherPlace.line;
  return place.column > otherPlace.column;
}

function positionOf(details: Json): Position | null {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return null;
  const { line, column } = details;
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : null;
}

function explain(run: GuestRun, thrown: unknown): GuestError {
  if (run.exceeded !== null) return exceeding(run, run.exceeded);
  if (thrown instanceof RunFailure) return thrown.error;
  if (thrown instanceof ImportFailure) {
    const { errorName } = thrown;
    return importError(errorName === 'SyntaxError' ? errorName : 'ImportFailed', thrown);
  }
  if (thrown instanceof GuestThrow) {
    const { realm } = run;
    try {
      const json = realm.text(realm.enter('describe', thrown.handle));
      return errorOfRecord(run, JSON.parse(json));
    } catch (second) {
      return explainFault(run, second);
    }
  }
  return explainFault(run, thrown);
}

/** The machine itself failed, or could not even describe an error. */
function explainFault(run: GuestRun, fault: unknown): GuestError {
  if (run.exceeded !== null) return exceeding(run, run.exceeded);
  if (fault instanceof RangeError) return exceeding(run, 'stack');
  if (run.realm.memoryDenied || fault instanceof OutOfMemory) return exceeding(run, 'memoryMb');
  // The script broke the functions that its errors are described with.
  if (fault instanceof GuestThrow) {
    return errorOfRecord(run, { message: 'The code threw a value that could not be described' });
  }
  // Goes to the engine's log when the process is replaced.
  console.error(fault);
  return {
    code: 'SANDBOX_CRASHED',
    name: 'SandboxCrashed',
    message: 'The JavaScript engine stopped on a fault of its own; the next run gets a new one',
    stack: null,
    details: null,
  };
}

/** @param json an `ErrorRecord`, as far as the script has left the prelude able to make one */
export function errorOfRecord(run: GuestRun, json: unknown): GuestError {
  const record = soundRecord(json);
  const { name, message, stack } = record;
  const isInternal = name === 'InternalError' || name === 'SyntaxError';
  if (run.realm.memoryDenied) {
    // QuickJS itself may run out of memory before it has made an error to throw.
    if (emptyThrows.has(message)) return exceeding(run, 'memoryMb');
    if (isInternal && message.includes('out of memory')) return exceeding(run, 'memoryMb');
  }
  const isOverflow = name === 'RangeError' && message === stackOverflowMessage;
  // What QuickJS parses may be nested too deeply, too.
  if (isOverflow || (isInternal && message.endsWith('stack overflow'))) {
    return { ...exceeding(run, 'stack'), stack };
  }
  const linkage =
    name === 'SyntaxError' && stack === null ? run.modules?.explainLinkage(message) : null;
  if (linkage) return importError(name, linkage);
  const isSyntax = run.parsing && name === 'SyntaxError';
  return { ...record, code: record.code ?? (isSyntax ? 'SYNTAX_ERROR' : 'RUNTIME_ERROR') };
}

/** Nothing can happen any more in a run that has not come to its end. */
export const stuckError: GuestError = {
  code: 'RUNTIME_ERROR',
  name: 'Error',
  message: 'The code awaits a promise that nothing can settle any more',
  stack: null,
  details: null,
};

/** Longer sources, and more of them, are not searched. */
const MAX_SEARCHED_LENGTH = 512 * 1024;
const MAX_SEARCHED = 50;

const searched: ReadonlySet<string> = new Set(['RUNTIME_ERROR', 'SYNTAX_ERROR']);

/** What has no frames gets one, of where the source may have thrown it or awaits in vain. */
async function withLikelyPlace(run: GuestRun, error: GuestError): Promise<GuestError> {
  if (error.stack !== null || !searched.has(error.code)) return error;
  const { message, entry, modules } = run;
  const imported = [...(modules?.modules() ?? [])]
    .filter(({ url, type }) => url !== message.url && type === 'javascript')
    .map(({ url, javascript, commonJs }) => {
      const kind = commonJs === null ? ('module' as const) : ('commonjs' as const);
      return { url, javascript, kind };
    });
  const codes: readonly Code[] = [
    { url: message.url, javascript: entry.javascript, kind: entry.kind },
    ...imported,
  ]
    .filter(({ javascript }) => javascript.text.length <= MAX_SEARCHED_LENGTH)
    .slice(0, MAX_SEARCHED);
  try {
    const places = await import('../source/likely-places.ts');
    const place =
      error === stuckError
        ? places.placeOfStuck(codes)
        : error.code === 'SYNTAX_ERROR'
          ? places.placeOfSyntax(codes.slice(0, 1), error.message)
          : places.placeOfThrown(codes, error.message);
    if (place === null) return error;
    const { line, column } = positionIn(place.code.javascript, place.offset);
    const at = `    at ${place.code.url}:${line}:${column}`;
    return { ...error, stack: `${error.name}: ${error.message}\n${at}` };
  } catch {
    return error; // It nests too deeply: what went wrong is reported all the same.
  }
}

function importError(name: string, { message, details, frame }: ImportFailure): GuestError {
  const stack = frame === null ? null : `${name}: ${message}\n${frame}`;
  return { code: 'IMPORT_FAILED', name, message, stack, details };
}

/** Messages of QuickJS's values for "no exception", which it throws when it has no memory for an error. */
const emptyThrows = new Set(['null', 'undefined', '', '[unsupported type]']);

const codes: ReadonlySet<unknown> = new Set(guestErrorCodes);

/** A script can break or replace the functions that the prelude describes errors with. */
function soundRecord(json: unknown): ErrorRecord {
  const { code, name, message, stack, details, truncated } = (json ?? {}) as Record<
    string,
    unknown
  >;
  const cut = (value: unknown): string => String(value ?? '').slice(0, MAX_TEXT_LENGTH);
  const fits = details !== undefined && JSON.stringify(details).length <= MAX_TEXT_LENGTH;
  return {
    // Membership proves the type.
    code: codes.has(code) ? (code as GuestError['code']) : null,
    name: cut(name) || 'Error',
    message: cut(message),
    stack: stack === null || stack === undefined ? null : cut(stack),
    // It has been read from JSON.
    details: fits && isShallow(details) ? (details as Json) : null,
    truncated: truncated === true,
  };
}
