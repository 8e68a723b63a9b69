/** The request's `files` and `outputs`: the WASI file system before and after the run. */

import * as z from 'zod';
import type { GuestFiles } from '../contract/run-inputs.ts';

/** A file of the request: text, or bytes in base64. */
export type RequestFile = string | { readonly base64: string };

export const fileSchema = z.union(
  [
    z.string().meta({ description: 'Text, stored in UTF-8.' }),
    z
      .strictObject({ base64: z.string() })
      .meta({ description: 'Bytes in base64 (RFC 4648 section 4).' }),
  ],
  'must be a text, or an object with `base64`',
);

export interface Complaint {
  readonly path: string;
  readonly reason: string;
}

/** Limits of POSIX systems (`NAME_MAX`, `PATH_MAX`), which programs rely on. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;

/**
 * Makes paths absolute and normal, and checks that the files can exist together.
 * @param files by path, relative to `/`; a path that ends in `/` is an empty directory
 * @param maxBytes the most that all contents may have together
 * @param complain called for each mistake; after that, the result is not to be used
 */
export function guestFiles(
  files: Readonly<Record<string, RequestFile>>,
  maxBytes: number,
  complain: (complaint: Complaint) => void,
): GuestFiles {
  const found = new Map<string, RequestFile | null>();
  let bytes = 0;
  for (const [name, file] of Object.entries(files)) {
    const reject = (reason: string) => complain({ path: `files.${name}`, reason });
    const path = normalPath(name);
    if (path.wrong !== null) {
      reject(path.wrong);
      continue;
    }
    const size = contentBytes(file);
    if (size === null) {
      reject('is not base64 (RFC 4648 section 4, with padding)');
    } else if (path.directory && size > 0) {
      reject('names a directory, as it ends in `/`, so its content must be empty');
    } else if (path.absolute === '/') {
      if (!path.directory) reject('is the root directory, not a file');
    } else {
      bytes += size;
      const before = found.get(path.absolute);
      const content = path.directory ? null : file;
      if (before !== undefined && !(before === null && content === null)) {
        reject(`contradicts another path that also means ${path.absolute}`);
      }
      found.set(path.absolute, content);
    }
  }
  for (const [path, file] of filesBelowFiles(found)) {
    complain({ path: `files.${path}`, reason: `lies below the file ${file}` });
  }
  if (bytes > maxBytes) {
    const reason = `hold ${bytes} bytes, more than the ${maxBytes} that the operator allows (ENGINE_MAX_FILES_BYTES)`;
    complain({ path: 'files', reason });
  }
  return Object.fromEntries(found);
}

/**
 * Makes paths of `outputs` absolute and normal; those that mean the same file become one.
 * @param complain called for each mistake; after that, the result is not to be used
 */
export function outputPaths(
  outputs: readonly string[],
  complain: (complaint: Complaint) => void,
): readonly string[] {
  const found = new Set<string>();
  for (const [index, name] of outputs.entries()) {
    const path = normalPath(name);
    if (path.wrong === null && !path.directory) found.add(path.absolute);
    else complain({ path: `outputs.${index}`, reason: path.wrong ?? 'names a directory' });
  }
  return [...found];
}

type NormalPath =
  | { readonly wrong: string }
  | { readonly wrong: null; readonly absolute: string; readonly directory: boolean };

export function normalPath(name: string): NormalPath {
  if (name === '') return { wrong: 'is empty' };
  if (name.includes('\0')) return { wrong: 'contains a NUL character' };
  if (!name.isWellFormed()) return { wrong: 'is not well-formed Unicode' };
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) {
    return { wrong: `is longer than ${MAX_PATH_BYTES} bytes` };
  }
  const segments: string[] = [];
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return { wrong: 'leaves `/`' };
    if (Buffer.byteLength(segment) > MAX_NAME_BYTES) {
      return { wrong: `has a name longer than ${MAX_NAME_BYTES} bytes` };
    }
  }
  return {
    wrong: null,
    absolute: `/${segments.join('/')}`,
    directory: /(?:^|\/)\.{0,2}$/.test(name),
  };
}

/** `null` where it is not base64. */
export function contentBytes(file: RequestFile): number | null {
  if (typeof file === 'string') return Buffer.byteLength(file);
  const { base64 } = file;
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null;
  return Buffer.byteLength(base64, 'base64');
}

/** Pairs of a path and the file that it lies below. */
function filesBelowFiles(
  files: ReadonlyMap<string, RequestFile | null>,
): readonly (readonly [string, string])[] {
  // With NUL for `/` a path sorts right before everything that lies below it.
  const sorted = [...files.keys()].map((path) => path.replaceAll('/', '\0')).sort();
  const pairs: [string, string][] = [];
  let file: string | null = null;
  for (const key of sorted) {
    const path = key.replaceAll('\0', '/');
    if (file !== null && path.startsWith(`${file}/`)) pairs.push([path, file]);
    else if (files.get(path) !== null) file = path;
  }
  return pairs;
}
