/**
 * A script may replace every function of the language, and the prelude runs in that language. What comes
 * of it is the script's own failure: the host finds each message sound, and the process goes on.
 */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { runLinked } from '../support/guest/linked-run.ts';
import { sandboxesOf } from '../support/processes.ts';
import { type Fixtures, startFixtures } from '../support/servers/hostile-web.ts';
import { checkedResponse } from './case.ts';

/** All that makes the prelude tell the host something. */
const calls = `
  const attempts = [
    () => app_log('info', 'text', { a: [1, 'x', { b: null }] }),
    () => app_log('none', { a: 1 }, 5),
    () => console.log('%s %o', 'x', { a: [1, new Map([[1, 2]])] }),
    () => console.error(new Error('shown')),
    () => new TextDecoder().decode(new TextEncoder().encode('\\u00e4')),
    () => new URL('https://example.com/?a=b').searchParams.get('a'),
    () => import.meta.resolve('./x.js'),
    async () => (await fetch('{origin}/json', { method: 'POST', headers: { a: 'b' }, body: 'x' })).json(),
    async () => (await fetch({ url: '{origin}/json', timeoutMs: 1000 })).text(),
    () => import('{origin}/value.js'),
    () => import('{origin}/json', { with: { type: 'json' } }),
    () => new Promise((resolve) => setTimeout(resolve)),
  ];
  for (let i = 0; i < attempts.length; i++) try { await attempts[i]() } catch {}
`;
const endings = [
  'export default { a: [1] }',
  `throw new TypeError('ended', { cause: new Error('inner') })`,
  'export default 12345678901234567890n',
];
const withCalls = (attack: string, ending: number, origin = 'https://example.com'): string =>
  `${attack}\n${calls}\n${endings[ending % endings.length]}`.replaceAll('{origin}', origin);

const replacements = [
  'function () {}',
  'function () { return { length: 1, 0: {} } }',
  'function () { return -1.5 }',
  `function () { return '\\ud800\\0x' }`,
  'function () { return this }',
  'function () { return 5n }',
  `function () { throw new Error('replaced') }`,
];

/** Paths to every function that is reachable from the global object and can be replaced. */
const finding = `
  const found = [];
  const seen = new Set();
  (function walk(holder, path) {
    if (seen.has(holder)) return;
    seen.add(holder);
    for (const key of Reflect.ownKeys(holder)) {
      const property = Object.getOwnPropertyDescriptor(holder, key);
      const name = typeof key === 'symbol' ? key.description : JSON.stringify(key);
      for (const part of ['value', 'get']) {
        const value = property[part];
        const isObject = value !== null && typeof value === 'object';
        if (typeof value === 'function' && property.configurable) found.push([path, name, part]);
        if (part === 'value' && (isObject || typeof value === 'function')) walk(value, path + '[' + name + ']');
      }
    }
    if (Object.getPrototypeOf(holder) !== null) walk(Object.getPrototypeOf(holder), 'Object.getPrototypeOf(' + path + ')');
  })(globalThis, 'globalThis');
  export default found`;

type Place = readonly [holder: string, key: string, part: 'value' | 'get'];

function replacing([holder, key, part]: Place, replacement: string): string {
  return `{
    const holder = ${holder};
    const property = Object.getOwnPropertyDescriptor(holder, ${key});
    property.${part} = ${replacement};
    Object.defineProperty(holder, ${key}, property);
  }`;
}

async function complaintAbout(attack: string, ending: number): Promise<string | null> {
  const limits = { timeoutMs: 1500 };
  const { outcome, resultJson, rejected, retire } = await runLinked(withCalls(attack, ending), {
    limits,
  });
  if (resultJson !== null) JSON.parse(resultJson);
  if (outcome !== 'SANDBOX_CRASHED' && rejected.length === 0 && !retire) return null;
  return `${attack}\n${endings[ending % endings.length]}\n→ ${outcome} ${JSON.stringify(rejected)}`;
}

describe('no message that the host rejects comes of', () => {
  test('any function that is replaced', async () => {
    const { resultJson } = await runLinked(finding);
    const places: readonly Place[] = JSON.parse(resultJson ?? '[]');
    expect(places.length).toBeGreaterThan(1000);
    const complaints: string[] = [];
    for (const [index, place] of places.entries()) {
      const replacement = replacements[index % replacements.length] ?? '';
      const complaint = await complaintAbout(replacing(place, replacement), index >> 1);
      if (complaint !== null) complaints.push(complaint);
    }
    expect(complaints).toEqual([]);
  }, 600_000);

  test.each([
    ['JSON', 'stringify'],
    ['JSON', 'parse'],
    ['Set.prototype', 'has'],
    ['Map.prototype', 'get'],
    ['Map.prototype', 'set'],
    ['Array.prototype', 'map'],
    ['Array.prototype', 'shift'],
    ['Array.prototype', 'push'],
    ['Array.prototype', 'splice'],
    ['String.prototype', 'concat'],
    ['String.prototype', 'slice'],
    ['String.prototype', 'startsWith'],
    ['String.prototype', 'isWellFormed'],
    ['Promise.prototype', 'then'],
    ['Object', 'defineProperty'],
    ['Reflect', 'apply'],
    ['Function.prototype', 'call'],
  ])('%s.%s, whatever takes its place', async (holder, key) => {
    for (const [index, replacement] of replacements.entries()) {
      const attack = replacing([holder, `'${key}'`, 'value'], replacement);
      expect(await complaintAbout(attack, index)).toBeNull();
      expect(await complaintAbout(attack, index + 1)).toBeNull();
    }
  });

  const members =
    `toJSON status url ok type message name code stack details headers kind value then get
    length 0 1 constructor body hasBody redirect timeoutMs whole upload rest signal cause errors level fields`.split(
      /\s+/,
    );
  const descriptors = [
    'value: undefined',
    'value() {}',
    'value: { a: 1n }',
    `get() { throw new Error('read') }, set() {}`,
    'get() { return this }, set() {}',
    `get() { return '\\ud800\\0x' }, set() { throw new Error('written') }`,
  ];
  test.each(['Object.prototype', 'Array.prototype', 'String.prototype'])(
    'members that %s is given',
    async (holder) => {
      for (const [index, member] of members.entries()) {
        for (const [offset, descriptor] of descriptors.entries()) {
          const attack = `try { Object.defineProperty(${holder}, '${member}', { ${descriptor}, configurable: true }) } catch {}`;
          expect(await complaintAbout(attack, index + offset)).toBeNull();
        }
      }
    },
    300_000,
  );
});

describe('the process is kept, and nothing is reported,', () => {
  let fixtures: Fixtures;
  let engine: EngineProcess;

  beforeAll(async () => {
    fixtures = await startFixtures();
    engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: fixtures.origin, ENGINE_SANDBOXES: '1' });
  });
  afterAll(async () => {
    await engine.stop();
    await fixtures.close();
  });

  test.each([
    ['JSON.stringify', `JSON.stringify = () => '{"level":"none","headers":[1]}'`],
    ['JSON.parse', 'JSON.parse = () => ({ headers: 7 })'],
    ['Set.prototype.has', 'Set.prototype.has = () => true'],
    ['String.prototype.concat', `String.prototype.concat = () => 'x'`],
    ['String.prototype.startsWith', 'String.prototype.startsWith = () => 5n'],
    ['toJSON of all objects', 'Object.prototype.toJSON = () => undefined'],
    [
      'the status of all objects',
      `Object.defineProperty(Object.prototype, 'status', { get() { throw 1 }, set() {} })`,
    ],
  ])('where a script replaces %s', async (_what, attack) => {
    const before = sandboxesOf(engine.pid);
    for (const ending of endings.keys()) {
      const url = fixtures.publish(withCalls(attack, ending, fixtures.origin), 'mjs');
      const { error } = checkedResponse(await engine.execute({ url }));
      expect(['RUNTIME_ERROR', undefined]).toContain(error?.code);
    }
    expect(sandboxesOf(engine.pid)).toEqual(before);
    expect(engine.complaints()).toBe('');
  });
});
