/**
 * Keeps what the optimiser made: it takes half a minute, of always the same binary. A result is found
 * by a hash of all that it depends on.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { optimise } from '../lambda/guest/javascript/build/optimise.ts';
import { keepFile, keptFile } from './kept-files.ts';

const require = createRequire(import.meta.url);
const sources = [
  'build/optimise.ts',
  'build/host-help.ts',
  'machine/host-math.ts',
  'machine/imports/native-names.ts',
].map((path) => new URL(`../lambda/guest/javascript/${path}`, import.meta.url));

/** The same as `optimise`. */
export const optimisedBefore: typeof optimise = (bytes, treatment) => {
  const hash = createHash('sha256').update(bytes);
  hash.update(JSON.stringify([[...treatment.math], treatment.helped, treatment.kept]));
  for (const file of [require.resolve('binaryen'), ...sources]) hash.update(readFileSync(file));
  const name = `quickjs-${hash.digest('hex').slice(0, 32)}.wasm`;
  return keptFile(name) ?? keepFile(name, optimise(bytes, treatment));
};
