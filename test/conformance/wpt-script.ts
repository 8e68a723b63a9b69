/** One test as one script, and the report that it prints. */

import type { WebPlatformTest } from './wpt-files.ts';

export interface Subtest {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

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
    return { ok: true, text: async () => text, json: async () => JSON.parse(text) };
  };
}`;
}

/** Every subtest is told as soon as it is over: a later one may hang. */
const reporting = `
add_result_callback(({ name, status, message }) => {
  console.log(${JSON.stringify(MARK)} + JSON.stringify({ name, status, message: String(message ?? '').slice(0, 300) }));
});
add_completion_callback((tests, { status, message }) => {
  for (const { name, status } of tests) {
    if (status !== 0 && status !== 1) console.log(${JSON.stringify(MARK)} + JSON.stringify({ name, status, message: 'did not end' }));
  }
  if (status !== 0) console.log(${JSON.stringify(MARK)} + JSON.stringify({ name: 'harness', status, message }));
});
`;

/** @param error how the script as a whole failed, if it did */
export function parseReport(file: string, output: string, error: string | null): Subtest[] {
  const subtests = output
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map(
      (line) =>
        JSON.parse(line.slice(MARK.length)) as { name: string; status: number; message: string },
    )
    .map(({ name, status, message }) => ({ file, name, passed: status === 0, message }));
  if (error === null && subtests.length > 0) return subtests;
  return [...subtests, { file, name: 'the script', passed: false, message: error ?? 'no result' }];
}
