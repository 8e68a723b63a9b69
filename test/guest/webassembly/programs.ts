/** Programs of mainstream compilers: those of `programs/`, and those that npm packages bring along. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** @param name of a module in `programs/` */
export function compiled(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, 'programs', `${name}.wasm`));
}

/** @param path of a module, from the name of its package */
export function inPackage(path: string): Uint8Array {
  return readFileSync(resolve(path));
}

/** What `programs/files.c` prints for two arguments, `GREETING`, a file and two bytes on stdin. */
export const filesOutput = `arg one
arg two words
env hello
given a line
wrote 42 3.142 words
size 24
entry .
entry ..
entry link.txt
entry moved.txt
slept enough
clock set
stdin sums to 131
`;
