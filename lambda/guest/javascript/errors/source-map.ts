/** Source maps of code, so that errors show places in the original files. */

import {
  originalPositionFor,
  type SourceMapInput,
  sourceContentFor,
  TraceMap,
} from '@jridgewell/trace-mapping';
import { clampColumn, type Position, utf16Column } from './source-text.ts';

interface OriginalPosition extends Position {
  /** Name or URL of the original file. */
  readonly file: string;
  /** Its text, where the map has it. */
  readonly source: string | null;
}

export interface SourceMap {
  /** @returns `null` where the map has no entry for the position */
  original(position: Position): OriginalPosition | null;
}

/** A map is as hostile as the code, and decoding one takes many times its size. */
const MAX_MAP_LENGTH = 4 * 1024 * 1024;
/** Lines and segments, each of which becomes an array; 500,000 take a quarter of a second. */
const MAX_MAPPINGS = 500_000;
/** Each is resolved against the URL of the code. */
const MAX_SOURCES = 4096;
const MAX_FILE_LENGTH = 512;

const comment =
  /^\/\/[#@] ?sourceMappingURL=data:application\/json(?:;charset=[\w-]+)?(;base64)?,(\S+)\s*$/gim;

const reference = /^\/\/[#@] ?sourceMappingURL=(\S+)\s*$/gm;
/** Behind the comment there is nothing but other comments. */
const MAX_REFERENCE_LENGTH = 4096;

/** The URL of the map that a text names at its end, where that is elsewhere. */
export function sourceMapUrl(url: string, source: string): string | null {
  const end = source.slice(-MAX_REFERENCE_LENGTH);
  if (!end.includes('sourceMappingURL=')) return null;
  const named = [...end.matchAll(reference)].at(-1)?.[1];
  const mapUrl = named === undefined ? null : URL.parse(named, url);
  return mapUrl?.protocol === 'https:' || mapUrl?.protocol === 'http:' ? mapUrl.href : null;
}

/**
 * Reads a map from elsewhere.
 * @param mapUrl which the map's files are relative to
 * @param source the text that it is the map of
 */
export function parseSourceMap(json: string, mapUrl: string, source: string): SourceMap | null {
  try {
    // Servers may guard JSON by a first line that is none.
    const read: unknown = JSON.parse(json.replace(/^\)\]\}'[^\n]*\n/, ''));
    if (!isSourceMap(read)) return null;
    const map = new TraceMap(read, mapUrl);
    return { original: (position) => original(map, source, position) };
  } catch {
    return null; // The map is broken: what it belongs to is not.
  }
}

/**
 * Reads the map in a comment at the end of a text.
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
    return parseSourceMap(json, url, source);
  } catch {
    return null; // It is no data: URL.
  }
}

/** @see https://tc39.es/ecma426/ of which maps of several sections are not read */
function isSourceMap(map: unknown): map is SourceMapInput {
  if (typeof map !== 'object' || map === null) return false;
  const { version, mappings, sources, sourcesContent, sourceRoot, names } = map as {
    readonly [field: string]: unknown;
  };
  return (
    (version === 3 || version === '3') &&
    typeof mappings === 'string' &&
    (mappings.match(/[,;]/g)?.length ?? 0) < MAX_MAPPINGS &&
    isListOfTexts(sources) &&
    sources.length <= MAX_SOURCES &&
    (sourcesContent === undefined || isListOfTexts(sourcesContent)) &&
    (names === undefined || isListOfTexts(names)) &&
    (sourceRoot === undefined || sourceRoot === null || typeof sourceRoot === 'string')
  );
}

function isListOfTexts(list: unknown): list is readonly (string | null)[] {
  return (
    Array.isArray(list) && list.every((item: unknown) => item === null || typeof item === 'string')
  );
}

function original(map: TraceMap, source: string, position: Position): OriginalPosition | null {
  const column = utf16Column(source, position);
  const found = originalPositionFor(map, { line: position.line, column });
  // A mapping may name a source that the map does not have, whatever the types say.
  if (typeof found.source !== 'string' || found.line === null || found.column === null) return null;
  const text = sourceContentFor(map, found.source);
  const place = { line: found.line, column: found.column + 1 };
  return {
    file: found.source.slice(0, MAX_FILE_LENGTH).replace(/\s/g, '%20'),
    source: text,
    ...(text === null ? place : clampColumn(text, place)),
  };
}
