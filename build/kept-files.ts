/** Files that builds keep for later ones, in the folder for caches of npm's packages. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const folder = new URL('../node_modules/.cache/script-engine/', import.meta.url);

/** @returns `null` where there is none of that name */
export function keptFile(name: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(readFileSync(new URL(name, folder)));
  } catch {
    return null;
  }
}

/** @returns the same bytes */
export function keepFile(name: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  mkdirSync(folder, { recursive: true });
  // Renamed when complete, as builds may run at the same time.
  const part = new URL(`${name}.${process.pid}`, folder);
  writeFileSync(part, bytes);
  renameSync(part, new URL(name, folder));
  return bytes;
}
