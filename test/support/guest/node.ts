/** Evaluates expressions in Node.js itself, to compare: scripts are written for it. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** @returns the outcome of each expression, run in a process of its own */
export async function evaluateInNode(expressions: readonly string[]): Promise<string[]> {
  const node = spawn(process.execPath, ['--input-type=commonjs', '-'], {
    env: { TZ: 'UTC', LANG: 'en_US.UTF-8' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  node.stdin.end(`(async () => {
    const outcomes = [];
    for (const outcome of [${expressions.map((expression) => `() => ${asOutcome(expression)}`)}]) {
      outcomes.push(await outcome());
    }
    process.stdout.write(JSON.stringify(outcomes));
  })();`);
  return JSON.parse(await text(node.stdout)) as string[];
}

/** A promise of JSON of what an expression comes to, or of what it throws; it may `await`. */
export function asOutcome(expression: string): string {
  return `(async () => {
    const show = (key, value) => value === undefined ? '(undefined)'
      : typeof value === 'bigint' ? value + 'n'
      : typeof value === 'number' && !Number.isFinite(value) ? String(value)
      : value instanceof Map ? ['Map', ...value] : value instanceof Set ? ['Set', ...value]
      : value;
    try {
      return JSON.stringify(await (async () => (${expression}))(), show) ?? '(undefined)';
    } catch (error) {
      return 'throws ' + error?.name + ': ' + error?.message + (error?.code ? ' ' + error.code : '');
    }
  })()`;
}
