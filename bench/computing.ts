/**
 * Twelve programs of what scripts do, each a few milliseconds long: what the machine itself is
 * measured with, as nothing of them leaves it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { QuickJSWASMModule } from 'quickjs-emscripten';
import type { Subject } from './measure.ts';

export interface Program {
  readonly name: string;
  /** A script. Its value tells whether it computed the right thing. */
  readonly code: string;
  /** The value in Node.js, as text. */
  readonly expected: string;
}

const folder = new URL('computing/', import.meta.url);

export const programs: readonly Program[] = readdirSync(folder)
  .sort()
  .map((file) => {
    const code = readFileSync(new URL(file, folder), 'utf8');
    const expected = String(runInNewContext(code));
    return { name: file.replace(/\.js$/, ''), code, expected };
  });

/** A program in quickjs-emscripten as it is shipped, in a context of its own. */
export function plainSubject(quickjs: QuickJSWASMModule, { code, expected }: Program): Subject {
  return {
    name: 'plain quickjs-emscripten',
    run() {
      const runtime = quickjs.newRuntime();
      const context = runtime.newContext();
      const result = context.unwrapResult(context.evalCode(code));
      const value: unknown = context.dump(result);
      result.dispose();
      context.dispose();
      runtime.dispose();
      if (String(value) !== expected) throw new Error(`The program gave ${String(value)}.`);
    },
  };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
