/** The requests of the soak: what is sent, how often, and what must come back. */

import { readFileSync } from 'node:fs';
import type { Fixtures } from '../support/servers/hostile-web.ts';

export interface Sort {
  readonly name: string;
  /** How often, against the others. */
  readonly weight: number;
  readonly publish: (fixtures: Fixtures) => string;
  readonly request?: object;
  /** `success`, or the code of the error. */
  readonly expect: string;
  /** @returns what is wrong with the response, if anything */
  readonly check?: (response: Response, token: string) => string | undefined;
}

interface Response {
  readonly result: unknown;
  readonly stdout: string;
  readonly logs: readonly { readonly message: string }[];
}

const script =
  (js: string) =>
  (fixtures: Fixtures): string =>
    fixtures.publish(js.replaceAll('{origin}', fixtures.origin));
const example =
  (name: string) =>
  (fixtures: Fixtures): string =>
    fixtures.publish(readFileSync(new URL(`../../examples/${name}`, import.meta.url)), 'wasm');

const short = { timeoutMs: 150 };
const tokenBack = ({ result, stdout }: Response, token: string): string | undefined =>
  result === token && stdout === `${token}\n` ? undefined : `came back as ${result}, ${stdout}`;

export const sorts: readonly Sort[] = [
  {
    name: 'good: a script prints and returns its token',
    weight: 40,
    publish: script('console.log(input.token); input.token'),
    expect: 'success',
    check: tokenBack,
  },
  {
    name: 'good: a module awaits, and logs its token',
    weight: 15,
    publish: script(
      `export default async ({ token }) => { await new Promise((r) => setTimeout(r, 2)); app_log('info', token); console.log(token); return token }`,
    ),
    expect: 'success',
    check: (response, token) =>
      response.logs[0]?.message === token ? tokenBack(response, token) : 'lost its log entry',
  },
  {
    name: 'good: a script fetches',
    weight: 10,
    publish: script(`(await (await fetch('{origin}/json')).json()).answer`),
    expect: 'success',
    check: ({ result }) => (result === 42 ? undefined : `came back as ${result}`),
  },
  {
    name: 'good: a WASI program counts words',
    weight: 15,
    publish: example('wordcount.wasm'),
    request: { stdin: 'one two three\n' },
    expect: 'success',
    check: ({ stdout }) => (stdout.includes('1  three') ? undefined : `printed ${stdout}`),
  },
  {
    name: 'good: a megabyte of output',
    weight: 2,
    publish: script(`console.log('x'.repeat(1 << 20)); 1`),
    expect: 'success',
  },
  {
    name: 'good: fifty megabytes of memory',
    weight: 1,
    publish: script('new Uint8Array(50 << 20).length'),
    expect: 'success',
  },
  {
    name: 'an error',
    weight: 10,
    publish: script(`throw new TypeError('as expected')`),
    expect: 'RUNTIME_ERROR',
  },
  { name: 'a syntax error', weight: 2, publish: script('let let'), expect: 'SYNTAX_ERROR' },
  {
    name: 'a loop',
    weight: 1,
    publish: script('for (;;);'),
    request: { limits: short },
    expect: 'TIMEOUT',
  },
  {
    name: 'a fetch that hangs',
    weight: 1,
    publish: script(`await fetch('{origin}/hang')`),
    request: { limits: short },
    expect: 'TIMEOUT',
  },
  {
    name: 'memory at the tightest',
    weight: 2,
    publish: script('const a = []; for (;;) a.push(new ArrayBuffer(1 << 16))'),
    request: { limits: { memoryMb: 16 } },
    expect: 'MEMORY_LIMIT',
  },
  {
    name: 'memory at the default',
    weight: 1,
    publish: script('const a = []; for (;;) a.push(new ArrayBuffer(1 << 20))'),
    expect: 'MEMORY_LIMIT',
  },
  {
    name: 'recursion',
    weight: 2,
    publish: script('const f = () => f() + 1; f()'),
    expect: 'STACK_OVERFLOW',
  },
  {
    name: 'an endless module',
    weight: 1,
    // (module (func (export "main") (loop $l (br $l))))
    publish: (fixtures) =>
      fixtures.publish(
        Buffer.from(
          '0061736d0100000001040160000003020100070801046d61696e00000a09010700' + '03400c000b0b',
          'hex',
        ),
      ),
    request: { limits: short },
    expect: 'TIMEOUT',
  },
  {
    name: 'work on other threads that outlives its run',
    weight: 0.5,
    publish: script(
      `const k = await crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']); await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: 5000000 }, k, 512)`,
    ),
    request: { limits: short },
    expect: 'TIMEOUT',
  },
  {
    name: 'output without end',
    weight: 0.5,
    publish: script(`for (;;) console.log('x'.repeat(1000))`),
    request: { limits: short },
    expect: 'TIMEOUT',
  },
  {
    name: 'garbage for a module',
    weight: 1,
    publish: (fixtures) => fixtures.publish(Buffer.from('0061736d01000000ffffff', 'hex')),
    expect: 'WASM_INVALID',
  },
];
