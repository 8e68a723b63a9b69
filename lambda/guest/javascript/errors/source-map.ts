/** Source maps that code brings along, so that errors speak of what its author wrote. */

import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';
import { type Position, utf16Column } from './source-text.ts';

export interface OriginalPosition extends Position {
  /** Name or URL of the original file. */
  readonly file: string;
  /** Its text, where the map has it. */
  readonly source: string | null;
}

export interface SourceMap {
  /** @returns `null` where the map does not tell */
  original(position: Position): OriginalPosition | null;
}

/** A map is the code's own, and decoding one takes many times its size. */
const MAX_MAP_LENGTH = 4 * 1024 * 1024;
const MAX_FILE_LENGTH = 512;

const comment =
  /^\/\/[#@] ?sourceMappingURL=data:application\/json(?:;charset=[\w-]+)?(;base64)?,(\S+)\s*$/gim;

/**
 * Reads the map in a comment at the end of a text; maps elsewhere are not fetched.
 * @param url of the text, which the map's files are relative to
 */
export function readSourceMap(url: string, source: string): SourceMap | null {
  const start = source.lastIndexOf('sourceMappingURL=data:');
  if (start === -1 || source.length - start > MAX_MAP_LENGTH) return null;
  const [match] = source.slice(Math.max(0, start - '//# '.length)).matchAll(comment);
  const [, isBase64, data] = match ?? [];
  if (data === undefined) return null;
  try {
    const json = isBase64 ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
    const map = new TraceMap(json, url);
    return { original: (position) => original(map, source, position) };
  } catch {
    return null; // The map is broken: what it belongs to is not.
  }
}

function original(map: TraceMap, source: string, position: Position): OriginalPosition | null {
  const column = utf16Column(source, position);
  const found = originalPositionFor(map, { line: position.line, column });
  if (found.source === null) return null;
  return {
    file: found.source.slice(0, MAX_FILE_LENGTH).replace(/\s/g, '%20'),
    source: sourceContentFor(map, found.source),
    line: found.line,
    column: found.column + 1,
  };
}
