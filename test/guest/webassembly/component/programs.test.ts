import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { GuestOptions } from '../../../support/guest/wasm-guest.ts';
import { runGuest } from '../../../support/guest/wasm-guest.ts';

const example = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../../examples/${path}`, import.meta.url)));

const program = example('components/wordcount.wasm');
const poem = 'The rose is a rose,\nAnd was always a rose.\n';

describe('a C program as a component', () => {
  test.each<[string, GuestOptions]>([
    ['a file', { args: ['poem.txt', '2'], files: { '/poem.txt': poem } }],
    ['stdin', { stdin: poem }],
    ['the input', { inputJson: '"one two two"' }],
    ['outputs', { stdin: poem, outputs: ['/report.txt'] }],
    ['a file that is not there', { args: ['no.txt'] }],
    ['no words', { stdin: '1 2 3' }],
  ])('does with %s what it does as a module', async (_name, options) => {
    const module = await runGuest(example('wordcount.wasm'), options);
    const component = await runGuest(program, options);
    for (const field of ['stdout', 'stderr', 'left'] as const) {
      expect([field, component[field]]).toEqual([field, module[field]]);
    }
    // The adapter tells of a failure no more than that it is one.
    expect(component.outcome).toMatchObject({
      status: module.outcome.status,
      exitCode: Math.min(1, module.outcome.exitCode ?? 0),
    });
  });

  test('wasi:cli/run can be named, arguments are texts', async () => {
    const entrypoint = 'wasi:cli/run#run';
    const { outcome } = await runGuest(program, { stdin: poem, entrypoint });
    expect(outcome).toMatchObject({ status: 'success', resultJson: 'null', exitCode: 0 });
    expect((await runGuest(program, { args: ['a', 1] })).outcome).toMatchObject({
      error: { code: 'INVALID_REQUEST', details: [{ path: 'args[1]' }] },
    });
  });

  test('memory that it cannot have is the limit', async () => {
    const limits = { memoryBytes: 64 * 1024 };
    expect((await runGuest(program, { limits, sha256: '' })).outcome).toMatchObject({
      error: { code: 'MEMORY_LIMIT' },
    });
  });
});

describe('a C library as a component', () => {
  const count = async (...args: GuestOptions['args'] & object) =>
    (
      await runGuest(example('components/textstats.wasm'), {
        entrypoint: 'demo:text/stats#count-words',
        args,
      })
    ).outcome;

  test('lists of strings in, a list of records out', async () => {
    expect(await count(['The rose is a ROSE,', 'ünd a rose'], 'by-count', 2)).toMatchObject({
      resultJson: '[{"word":"rose","count":3},{"word":"a","count":2}]',
    });
    expect(await count(['b a'], 'by-name', null)).toMatchObject({
      resultJson: '[{"word":"a","count":1},{"word":"b","count":1}]',
    });
  });

  test('the error of its result', async () => {
    expect(await count([], 'by-name', null)).toMatchObject({
      error: { code: 'RUNTIME_ERROR', details: 'there are no words' },
    });
  });
});
