/** Requests that keep to every limit: whatever runs before or beside them, they succeed. */

import { readFileSync } from 'node:fs';
import type { Fixtures } from '../support/servers/hostile-web.ts';
import { type SoakResponse, type Sort, script } from './sort.ts';

const example =
  (name: string) =>
  (fixtures: Fixtures): string =>
    fixtures.publish(readFileSync(new URL(`../../examples/${name}`, import.meta.url)), 'wasm');

const tokenBack = ({ result, stdout }: SoakResponse, token: string): string | undefined =>
  result === token && stdout === `${token}\n` ? undefined : `came back as ${result}, ${stdout}`;

const resultIs =
  (expected: unknown) =>
  ({ result }: SoakResponse): string | undefined =>
    JSON.stringify(result) === JSON.stringify(expected)
      ? undefined
      : `came back as ${JSON.stringify(result)?.slice(0, 200)}`;

export const fetching: Sort = {
  name: 'a script fetches',
  weight: 10,
  publish: script(`(await (await fetch('{origin}/json')).json()).answer`),
  expect: 'success',
  check: resultIs(42),
};

export const healthySorts: readonly Sort[] = [
  {
    name: 'a script prints and returns its token',
    weight: 40,
    publish: script('console.log(input.token); input.token'),
    expect: 'success',
    check: tokenBack,
  },
  {
    name: 'a module awaits, and logs its token',
    weight: 15,
    publish: script(
      `export default async ({ token }) => { await new Promise((r) => setTimeout(r, 2)); app_log('info', token); console.log(token); return token }`,
    ),
    expect: 'success',
    check: (response, token) =>
      response.logs[0]?.message === token ? tokenBack(response, token) : 'lost its log entry',
  },
  fetching,
  {
    name: 'a module imports another one',
    weight: 5,
    publish: script(
      `const { default: value } = await import('{origin}/value.js'); export default value`,
    ),
    expect: 'success',
    check: resultIs('imported'),
  },
  {
    // A word of memory that a run before has left would show here.
    name: 'a script computes what is known',
    weight: 10,
    publish: script(
      `[Math.exp(1), Math.sin(1), [3, 1, 2].sort(), 'ä€😀'.normalize('NFD').length, new TextEncoder().encode('ä€😀').length, JSON.parse('{"a":[1,2.5,"x"]}'), (12345.678).toFixed(2), new Date(0).toISOString(), /(\\d+)-(\\d+)/.exec('12-34').slice(1), 2n ** 70n + '']`,
    ),
    expect: 'success',
    check: resultIs([
      Math.exp(1),
      Math.sin(1),
      [1, 2, 3],
      'ä€😀'.normalize('NFD').length,
      9,
      { a: [1, 2.5, 'x'] },
      '12345.68',
      '1970-01-01T00:00:00.000Z',
      ['12', '34'],
      String(2n ** 70n),
    ]),
  },
  {
    name: 'a WASI program counts words',
    weight: 15,
    publish: example('wordcount.wasm'),
    request: { stdin: 'one two three\n' },
    expect: 'success',
    check: ({ stdout }) => (stdout.includes('1  three') ? undefined : `printed ${stdout}`),
  },
  {
    name: 'a megabyte of output',
    weight: 2,
    publish: script(`console.log('x'.repeat(1 << 20)); 1`),
    expect: 'success',
  },
  {
    name: 'nine hundred kilobytes of result',
    weight: 1,
    publish: script(`'x'.repeat(900_000)`),
    expect: 'success',
    check: ({ result }) =>
      String(result).length === 900_000 ? undefined : `has ${String(result).length} characters`,
  },
  {
    name: 'fifty megabytes of memory',
    weight: 1,
    publish: script('new Uint8Array(50 << 20).length'),
    expect: 'success',
  },
];
