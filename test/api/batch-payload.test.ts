/** Responses to many inputs fit into Lambda's payload, whatever the runs leave. */

import { describe, expect, test } from '@jest/globals';
import { executionBody, responseSchema } from '../../lambda/api/response.ts';
import type { ItemExecution } from '../../lambda/contract/execution.ts';
import { execution } from '../support/fake-engine.ts';

const limit = 6_291_556;
const mib = 1024 * 1024;

const item: ItemExecution = {
  resultJson: '1',
  stdout: '',
  stderr: '',
  logs: [],
  files: null,
  error: null,
  executionTimeMs: 1,
  cpuTimeMs: 1,
  memoryPeakBytes: 1,
  fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
  truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
};
const error = { code: 'RUNTIME_ERROR', name: 'Error', stack: null, details: null } as const;

function bodyOf(items: readonly ItemExecution[]) {
  const none = { resultJson: 'null', stdout: '', stderr: '', logs: [], files: [] };
  const body = executionBody(execution({ ...none, items }));
  const payload = JSON.stringify({ statusCode: 200, headers: { 'x-request-id': 'x' }, body });
  expect(Buffer.byteLength(payload)).toBeLessThan(limit);
  return responseSchema().parse(JSON.parse(body));
}

function repeat(count: number, over: Partial<ItemExecution>): readonly ItemExecution[] {
  return Array.from({ length: count }, () => ({ ...item, ...over }));
}

describe('a response to many inputs', () => {
  test('is left as it is where it fits', () => {
    const { resultJson, files, ...rest } = item;
    const [first, second] =
      bodyOf([item, { ...item, files: [{ path: '/a', size: 1 }] }]).results ?? [];
    expect(first).toEqual({ status: 'success', result: 1, ...rest });
    expect(second?.files).toEqual([{ path: '/a', size: 1 }]);
  });

  test('keeps results whole, first ones first, and says which are lost', () => {
    const resultJson = JSON.stringify('"'.repeat(mib / 4));
    const { results = [], error: whole } = bodyOf(repeat(40, { resultJson, stdout: 'kept' }));
    const isKept = results.map(({ status }) => status === 'success');
    const kept = isKept.indexOf(false);
    expect(kept).toBeGreaterThan(2);
    expect(isKept.slice(kept).some(Boolean)).toBe(false);
    expect(results[kept]).toMatchObject({ result: null, error: { code: 'RESULT_TOO_LARGE' } });
    expect(results[39]?.stdout).toBe('kept');
    expect(whole).toMatchObject({
      code: 'BATCH_FAILED',
      details: { succeeded: kept, failed: 40 - kept },
    });
  });

  test.each<readonly [kind: keyof ItemExecution['truncated'], Partial<ItemExecution>]>([
    ['stdout', { stdout: '\u0001'.repeat(4000) }],
    ['stderr', { stderr: '\ud83d'.repeat(4000) }],
    ['error', { error: { ...error, message: '"\\'.repeat(2000) } }],
    ['error', { error: { ...error, message: '', details: '\n'.repeat(9000) } }],
    [
      'logs',
      {
        logs: [
          {
            level: 'info',
            message: '"'.repeat(4000),
            timestamp: '2026-11-22T07:00:00.000Z',
            fields: null,
          },
        ],
      },
    ],
    ['files', { files: [{ path: '/a', size: 9000, content: '"'.repeat(9000) }] }],
  ])('cuts %s of the last ones first', (kind, over) => {
    const { results = [], metadata } = bodyOf(repeat(1000, over));
    const cut = results.map(({ truncated }) => truncated[kind]);
    expect([results.length, metadata.truncated[kind], cut.at(-1)]).toEqual([1000, true, true]);
    expect(results.every(({ result }) => result === 1)).toBe(true);
    if (!('details' in (over.error ?? {})) || over.error?.message !== '')
      expect(cut[0]).toBe(false);
  });

  test('fits with everything at its worst', () => {
    const text = '\u0001'.repeat(1500);
    const worst = repeat(1000, {
      resultJson: JSON.stringify(text),
      stdout: text,
      stderr: text,
      error: { ...error, name: text.slice(0, 64), message: text, stack: text, details: text },
      files: [{ path: `/${text}`, size: 1, content: text }],
    });
    expect(bodyOf(worst).results?.length).toBe(1000);
  });
});
