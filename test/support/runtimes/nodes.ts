/** The versions of Node.js on this machine. */

import { execFileSync } from 'node:child_process';

/** This one, and that of the machine where it is another one. */
export const nodes: readonly (readonly [version: string, path: string])[] = [...nodesHere()];

function nodesHere(): Map<string, string> {
  const found = new Map([[process.version, process.execPath]]);
  for (const path of [process.env.OTHER_NODE, '/usr/bin/node', '/usr/local/bin/node']) {
    try {
      if (path) found.set(execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(), path);
    } catch {
      // There is none.
    }
  }
  return found;
}
