import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { compileExample, exampleSources, moduleName } from '../../examples/build.ts';

const examples = join(import.meta.dirname, '../../examples');
const scratch = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const requests: { title: string; request: { url: string }; expect: string }[] = JSON.parse(
  readFileSync(join(examples, 'requests.json'), 'utf8'),
);

describe('examples', () => {
  // clang is the machine's own, and each version of it gives other bytes.
  const portable = exampleSources().filter((source) => extname(source) !== '.c');

  test.each(portable)('the committed module is what %s compiles to', async (source) => {
    const target = join(scratch, moduleName(source));
    await compileExample(source, target);
    expect(readFileSync(target).equals(readFileSync(join(examples, moduleName(source))))).toBe(
      true,
    );
  });

  test('every program has a request that shows it, and every request has its program', () => {
    const components = readdirSync(join(examples, 'components'))
      .filter((name) => extname(name) === '.wasm')
      .map((name) => `components/${name}`);
    const programs = readdirSync(examples)
      .filter((name) => /\.(m?js|wasm)$/.test(name))
      .concat(components);
    const requested = new Set(requests.map(({ request }) => request.url.replace('/examples/', '')));
    expect([...requested].sort()).toEqual(programs.sort());
  });

  test('every source has its module', () => {
    const modules = readdirSync(examples).filter((name) => extname(name) === '.wasm');
    expect(exampleSources().map(moduleName).sort()).toEqual(modules.sort());
  });
});
