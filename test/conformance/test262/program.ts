/** What is run of a test: its own text, and the harness that it is written for. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LanguageTest, Mode } from './files.ts';

/** A script, or a module with the modules around it. */
export interface Program {
  readonly source: string;
  /** Where the checkout is for the imports of a module. */
  readonly url: string;
  readonly isModule: boolean;
  /** Text of a file of the checkout by its URL. */
  fileAt(url: string): string | undefined;
}

/** How a program ended. */
export interface Ending {
  readonly output: string;
  /** Name and message of the error that ended it. */
  readonly error: string | null;
}

/** Runs programs, each in a realm of its own. */
export type RunProgram = (program: Program) => Promise<Ending>;

const origin = 'https://test262.example/';
const complete = 'Test262:AsyncTestComplete';
const end = 'The program has come to its end.';

/** What the harness asks of a host: other realms and agents are left out. */
const host = `
var print = (text) => console.log(text);
var $262 = {
  global: globalThis,
  gc() {},
  evalScript(text) { return (0, eval)(text) },
  detachArrayBuffer(buffer) { structuredClone(buffer, { transfer: [buffer] }) },
};
globalThis.addEventListener?.('unhandledrejection', (event) => event.preventDefault());
`;

export function programOf(root: string, test: LanguageTest, mode: Mode): Program {
  const url = origin + test.file;
  const fileAt = (wanted: string): string | undefined => {
    if (wanted === url) return test.source;
    if (wanted === `${origin}harness`) {
      return `(0, eval)(${JSON.stringify(harnessOf(root, test))})`;
    }
    try {
      return readFileSync(path.join(root, wanted.slice(origin.length)), 'utf8');
    } catch {
      return undefined;
    }
  };
  if (test.isModule) {
    const source = `import ${JSON.stringify(`${origin}harness`)};
      import ${JSON.stringify(url)};
      console.log(${JSON.stringify(end)})`;
    return { source, url: `${url}.main.js`, isModule: true, fileAt };
  }
  const directive = mode === 'strict' ? '"use strict";\n' : '';
  const harness = test.isRaw ? '' : harnessOf(root, test);
  const tail =
    test.isRaw || test.negative !== null ? '' : `\n;console.log(${JSON.stringify(end)});`;
  return { source: `${directive}${harness}${test.source}${tail}`, url, isModule: false, fileAt };
}

function harnessOf(root: string, test: LanguageTest): string {
  const files = [
    'assert.js',
    'sta.js',
    ...(test.isAsync ? ['doneprintHandle.js'] : []),
    ...test.includes,
  ];
  return `${host}${files.map((file) => harnessFile(root, file)).join('\n')}\n`;
}

const harnessFiles = new Map<string, string>();

function harnessFile(root: string, file: string): string {
  const text = harnessFiles.get(file) ?? readFileSync(path.join(root, 'harness', file), 'utf8');
  harnessFiles.set(file, text);
  return text;
}

/** @returns why a test has failed; `null` where it has passed */
export function judge(test: LanguageTest, { output, error }: Ending): string | null {
  if (test.negative !== null) {
    if (error === null) return `no ${test.negative}`;
    // What is thrown without being an error has no name.
    const matches = error.startsWith(`${test.negative}: `) || test.negative === 'Test262Error';
    return matches ? null : error;
  }
  if (test.isAsync) {
    if (output.includes('Test262:AsyncTestFailure')) return output.trim();
    return output.includes(complete) ? null : (error ?? 'it never completes');
  }
  if (output.includes(end) || (test.isRaw && error === null)) return null;
  return error ?? 'it never ends';
}
