/** Adds to an error its place in the script's own text: line, column, and the lines around it. */

import type { Json } from '../../../contract/errors.ts';
import type { GuestError } from '../../../contract/protocol.ts';
import { readSourceMap, type SourceMap } from './source-map.ts';
import { clampColumn, codeFrame } from './source-text.ts';

/** `at name (url:line:column)`, or without a name. */
const frame = /^( {4}at (?:async )?(?:.* \()?)([^\s()]+):(\d+):(\d+)(\)?)$/;

/** Frames of one error that are looked up in source maps; deeper stacks are those of recursion. */
const MAX_MAPPED_FRAMES = 100;

/**
 * Stacks and source maps are what the code made of them: whatever goes wrong with them, the error
 * itself is reported.
 * @param sourceOf text of the code or of a module, by its URL
 * @param isOwn whether such a text is the request's own, rather than a library
 * @param loaded maps from elsewhere, by the URL of what they are of
 * @returns the error with `url`, `line`, `column` and `frame` in its details, where its stack has a frame
 *   in such a text: the innermost one of the request's own code, if there is any; positions are those of the original files where the code has a source map
 */
export function withPlaces(
  error: GuestError,
  sourceOf: (url: string) => string | undefined,
  isOwn: (url: string) => boolean,
  loaded: ReadonlyMap<string, SourceMap> = new Map(),
): GuestError {
  try {
    return placed(error, sourceOf, isOwn, loaded);
  } catch {
    return error;
  }
}

/** URLs of the files that the frames of an error's stack are in, each once. */
export function filesOf({ stack }: GuestError): string[] {
  const lines = stack?.split('\n', MAX_MAPPED_FRAMES) ?? [];
  return [...new Set(lines.flatMap((line) => frame.exec(line)?.[2] ?? []))];
}

function placed(
  error: GuestError,
  sourceOf: (url: string) => string | undefined,
  isOwn: (url: string) => boolean,
  loaded: ReadonlyMap<string, SourceMap>,
): GuestError {
  const maps = new Map<string, SourceMap | null>(loaded);
  let mappedFrames = 0;
  const stack = error.stack === null ? null : mapped(error.stack);
  const details = mappedDetails(error.details);
  const frames = framesOf(error);
  const place = firstPlace(frames, isOwn) ?? firstPlace(frames, () => true);
  if (place === null || hasPlace(details)) return { ...error, stack, details };
  return { ...error, stack, details: { ...place, ...(isObject(details) ? details : {}) } };

  function mapOf(url: string): SourceMap | null {
    let map = maps.get(url);
    if (map === undefined) {
      const source = sourceOf(url);
      map = source === undefined ? null : readSourceMap(url, source);
      maps.set(url, map);
    }
    return map;
  }

  function mapped(text: string): string {
    return text.split('\n').map(mappedLine).join('\n');
  }

  function mappedLine(text: string): string {
    const [, lead, url, line, column, end] = frame.exec(text) ?? [];
    const map = url === undefined || mappedFrames >= MAX_MAPPED_FRAMES ? null : mapOf(url);
    if (map === null) return text;
    mappedFrames += 1;
    const original = map.original({ line: Number(line), column: Number(column) });
    return original === null
      ? text
      : `${lead}${original.file}:${original.line}:${original.column}${end}`;
  }

  /** Stacks of causes, and of the errors that an error is made of. */
  function mappedDetails(value: Json): Json {
    if (Array.isArray(value)) return value.map(mappedDetails);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'stack' && typeof inner === 'string' ? mapped(inner) : mappedDetails(inner),
      ]),
    );
  }

  /** Of the innermost frame in a text that `sourceOf` has, and that counts. */
  function firstPlace(
    text: string | null,
    counts: (url: string) => boolean,
  ): { [name: string]: Json } | null {
    for (const line of text?.split('\n') ?? []) {
      const [, , url, lineNumber, columnNumber] = frame.exec(line) ?? [];
      const source = url === undefined || !counts(url) ? undefined : sourceOf(url);
      if (url === undefined || source === undefined) continue;
      const position = { line: Number(lineNumber), column: Number(columnNumber) };
      const original = mapOf(url)?.original(position) ?? {
        ...clampColumn(source, position),
        file: url,
        source,
      };
      const { file } = original;
      return {
        url: file,
        line: original.line,
        column: original.column,
        frame: original.source === null ? null : codeFrame(original.source, original),
      };
    }
    return null;
  }
}

/** The message may hold what looks like frames. */
function framesOf({ name, message, stack }: GuestError): string | null {
  const header = message === '' ? name : `${name}: ${message}`;
  return stack?.startsWith(header) ? stack.slice(header.length) : stack;
}

/** A failed import has its own place in its details. */
function hasPlace(details: Json): boolean {
  return isObject(details) && 'line' in details;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
