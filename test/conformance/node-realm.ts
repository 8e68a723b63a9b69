/** Runs tests in Node.js itself: what fails there as well is no fault of the realm. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export async function evaluate(script: string): Promise<{ output: string; error: string | null }> {
  const node = spawn(process.execPath, ['--input-type=commonjs', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  // A module has a scope of its own; a test is a script of the global one.
  node.stdin.end(`globalThis.self = globalThis;
require('node:vm').runInThisContext(${JSON.stringify(script)});`);
  const [output, error] = await Promise.all([text(node.stdout), text(node.stderr)]);
  return { output, error: node.exitCode === 0 ? null : error.slice(0, 300) };
}
