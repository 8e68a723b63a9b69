/** Random bytes without Node.js's `crypto`, which takes longer to load than to start a process. */

import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Of Linux and macOS. */
const DEVICE = '/dev/urandom';

/** @returns as many bytes, from the system's generator: nobody can foresee them; none where there is no such file */
export function systemRandomBytes(length: number): Buffer {
  if (!existsSync(DEVICE)) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  const device = openSync(DEVICE, 'r');
  try {
    for (let filled = 0; filled < length; ) {
      filled += readSync(device, bytes, filled, length - filled, null);
    }
  } finally {
    closeSync(device);
  }
  return bytes;
}
