/** Runs a program in Node.js itself, in a process of its own. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A failure quotes its line of source, which can be all of a bundle. */
const MAX_COMPLAINT = 1000;

const main = `
  const [, path, input] = process.argv;
  let value = (await import(path)).default;
  if (typeof value === 'function') value = await value(JSON.parse(input));
  process.stdout.write(JSON.stringify(value) ?? 'null', () => process.exit());`;

/** @returns JSON of the result, behind what the program prints */
export async function runInNode(path: string, input: object): Promise<string> {
  const args = ['--input-type=module', '-e', main, path, JSON.stringify(input)];
  const node = spawn(process.execPath, args, {
    env: { TZ: 'UTC', LANG: 'en_US.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints] = await Promise.all([text(node.stdout), text(node.stderr)]);
  if (complaints !== '') throw new Error(`In Node.js: ${complaints.slice(-MAX_COMPLAINT)}`);
  return output;
}
