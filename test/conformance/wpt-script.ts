/** One test as one script, and the report that it prints. */

import type { Outcome } from './expectations.ts';
import type { WebPlatformTest } from './wpt-files.ts';

/** Marks the lines of the report among whatever else a test prints. */
const MARK = 'wpt-report:';

/** @param harness source of `testharness.js` */
export function testScript(harness: string, test: WebPlatformTest): string {
  return [surroundings(test), harness, reporting, ...test.scripts, test.source].join('\n;\n');
}

/** What a test finds in a browser, and needs from there. */
function surroundings({ file, variant, data }: WebPlatformTest): string {
  return `
globalThis.GLOBAL = { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false };
globalThis.location = new URL(${JSON.stringify(`https://web-platform.test/${file}${variant}`)});
{
  const data = new Map(Object.entries(${JSON.stringify(data)}));
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (address, ...rest) => {
    const text = data.get(String(address));
    if (text === undefined) return realFetch(address, ...rest);
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new Response(bytes);
  };
  // Tests get at the constructor of shared buffers this way.
  globalThis.WebAssembly ??= { Memory: class { buffer = new SharedArrayBuffer(0); } };
  globalThis.FileReader ??= class extends EventTarget {
    readAsText(blob) { this.#read(blob.text()); }
    readAsArrayBuffer(blob) { this.#read(blob.arrayBuffer()); }
    async #read(promise) {
      this.result = await promise;
      const event = new Event('load');
      this.dispatchEvent(event);
      this.onload?.(event);
      this.onloadend?.(event);
    }
  };
}`;
}

/** Each subtest is reported as soon as it ends: a later one may hang. */
const reporting = `
{
  const report = (line) => console.log(${JSON.stringify(MARK)} + JSON.stringify(line));
  add_result_callback(({ name, status, message }) => {
    report({ name, status, message: String(message ?? '').slice(0, 300) });
  });
  add_completion_callback((tests, { status, message }) => {
    for (const { name, status } of tests) {
      if (status !== 0 && status !== 1) report({ name, status, message: 'did not end' });
    }
    if (status !== 0) report({ name: 'harness', status, message });
    report({ completed: true });
  });
}
// What is exposed to workers should be here.
globalThis.DedicatedWorkerGlobalScope = class { static [Symbol.hasInstance]() { return true; } };
`;

type Report =
  | { readonly completed: true }
  | {
      readonly completed?: undefined;
      readonly name: string;
      readonly status: number;
      readonly message: string;
    };

/** @param error how the script as a whole failed, if it did; of no matter once all tests are over */
export function parseReport(file: string, output: string, error: string | null): Outcome[] {
  const reports = output
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)) as Report);
  const subtests = reports.flatMap((report) =>
    report.completed
      ? []
      : [{ file, name: report.name, passed: report.status === 0, message: report.message }],
  );
  if (reports.some((report) => report.completed)) return subtests;
  return [...subtests, { file, name: 'the script', passed: false, message: error ?? 'hangs' }];
}
