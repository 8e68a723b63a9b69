/** What many inputs come to together, whatever the sandboxes do. */

import { describe, expect, test } from '@jest/globals';
import type { LoadedSourceMap } from '../../lambda/contract/calls.ts';
import type { Execution } from '../../lambda/contract/execution.ts';
import { emptyMetadata } from '../../lambda/contract/failed-execution.ts';
import { type BatchOptions, runBatch } from '../../lambda/engine/batch.ts';
import { BatchRoom } from '../../lambda/engine/batch-room.ts';
import type { PoolBatch } from '../../lambda/sandbox/pool.ts';
import type { SandboxResult } from '../../lambda/sandbox/run.ts';
import { execution } from '../support/fake-engine.ts';
import { job } from '../support/run-message.ts';

const mib = 1024 * 1024;
const metadata = emptyMetadata({ requestId: 'r', url: null, timestamp: '' });

const ended: SandboxResult = {
  codeType: 'javascript',
  outcome: { status: 'success', resultJson: '1', exitCode: null },
  executionTimeMs: 1,
  cpuTimeMs: 2,
  memoryPeakBytes: 3,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  logs: [],
  files: [],
  truncated: { stdout: false, stderr: false, logs: false, files: false },
  kept: [],
  keptBytes: 0,
  retire: false,
};

const noFetch = () => Promise.reject(new Error('nothing is fetched'));

const session: ReturnType<BatchOptions['openSession']> = {
  fetches: { fetch: noFetch, read: noFetch, cancel: noFetch, send: noFetch },
  importModule: () => Promise.reject(new Error('nothing is imported')),
  sourceMap: () => Promise.resolve({ ok: false }),
  counts: { requests: 1, bytesSent: 2, bytesReceived: 3 },
  importCounts: { requests: 0, bytesReceived: 0, timeMs: 0 },
  close() {},
};

function batch(over: Partial<BatchOptions>, run: PoolBatch['run']) {
  let closed = 0;
  const runs = { width: 2, run, close: () => (closed += 1) };
  const deadlineMs = performance.now() + 60_000;
  const own = job('javascript');
  return {
    ending: runBatch({
      inputs: ['1', '2', '3', '4', '5'],
      runs,
      job: own,
      deadlineMs,
      metadata,
      openSession: () => session,
      abandoned: null,
      observer: null,
      onProgress: null,
      ...over,
    }),
    closed: () => closed,
  };
}

function codesOf({ items }: Execution): (string | null)[] {
  return (items ?? []).map(({ error }) => error?.code ?? null);
}

describe('many inputs', () => {
  test('are under way as many at a time as the pool has room for, and come back in order', async () => {
    let underWay = 0;
    let most = 0;
    const { ending, closed } = batch({}, async (input, services) => {
      services();
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 10 - 2 * Number(input)));
      underWay -= 1;
      return { ...ended, outcome: { status: 'success', resultJson: input, exitCode: null } };
    });
    const { items, error, metadata: all, resultJson } = await ending;
    expect([items?.map((item) => item.resultJson), error, resultJson]).toEqual([
      ['1', '2', '3', '4', '5'],
      null,
      'null',
    ]);
    expect([most, closed()]).toEqual([2, 1]);
    expect(all).toMatchObject({
      cpuTimeMs: 10,
      memoryPeakBytes: 3,
      fetch: { requests: 5, bytesSent: 10, bytesReceived: 15 },
    });
  });

  test('for which there is no time left are not run', async () => {
    const asked: string[] = [];
    const { ending } = batch({ deadlineMs: performance.now() + 1000 }, async (input) => {
      asked.push(input);
      await new Promise((resolve) => setTimeout(resolve, 1010));
      return ended;
    });
    const execution = await ending;
    expect(asked).toEqual(['1', '2']);
    expect(codesOf(execution)).toEqual([null, null, 'NOT_RUN', 'NOT_RUN', 'NOT_RUN']);
    expect(execution.error).toMatchObject({
      code: 'BATCH_FAILED',
      details: { succeeded: 2, failed: 3 },
    });
  });

  test('are not run where no sandbox becomes free', async () => {
    const execution = await batch({}, async (input) => (input === '3' ? ended : null)).ending;
    expect(codesOf(execution)).toEqual(['NOT_RUN', 'NOT_RUN', null, 'NOT_RUN', 'NOT_RUN']);
  });

  test('are not begun once nobody waits for them', async () => {
    const client = new AbortController();
    const { ending } = batch({ abandoned: client.signal }, async (input) => {
      if (input === '2') client.abort();
      return ended;
    });
    const codes = codesOf(await ending);
    expect(codes.slice(0, 2)).toEqual([null, null]);
    expect(codes.slice(3)).toEqual(['NOT_RUN', 'NOT_RUN']);
  });

  test('end with the defect that one of them meets, when the others under way have ended', async () => {
    let done = 0;
    const { ending, closed } = batch({}, async (input) => {
      await new Promise((resolve) => setTimeout(resolve, 5 * Number(input)));
      done += 1;
      if (input === '1') throw new Error('a defect');
      return ended;
    });
    await expect(ending).rejects.toThrow('a defect');
    expect([done, closed()]).toEqual([2, 1]);
  });
});

describe('the host', () => {
  test('opens a session for those that ask something of it, and closes it', async () => {
    let opened = 0;
    let closed = 0;
    const openSession = () => {
      opened += 1;
      return { ...session, close: () => (closed += 1) };
    };
    const { ending } = batch({ openSession }, async (input, services) => {
      if (input === '2') expect(services()).toBe(services());
      return ended;
    });
    const { items } = await ending;
    expect(items?.map(({ fetch }) => fetch.requests)).toEqual([0, 1, 0, 0, 0]);
    expect([opened, closed]).toEqual([1, 1]);
  });

  test('loads a source map anew where the run that waited for it has ended', async () => {
    let loads = 0;
    const body = Buffer.from('{}');
    const openSession = (): typeof session => ({
      ...session,
      sourceMap: (_request, _timeoutMs, signal) => {
        loads += 1;
        if (loads > 1) return Promise.resolve({ ok: true, body });
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ ok: false }));
        });
      },
    });
    const killed = new AbortController();
    const maps: LoadedSourceMap[] = [];
    const { ending } = batch({ openSession }, async (input, services) => {
      const { signal } = input === '1' ? killed : new AbortController();
      if (input === '2') setTimeout(() => killed.abort(), 10);
      const request = { url: 'https://example.com/a.js.map' };
      maps[Number(input) - 1] = await services().sourceMap(request, new Uint8Array(), signal);
      return ended;
    });
    await ending;
    expect(maps).toEqual([{ ok: false }, ...Array(4).fill({ ok: true, body })]);
    expect(loads).toBe(2);
  });
});

describe('what all inputs leave', () => {
  const limits = { maxOutputBytes: mib, maxLogEntries: 100, maxResultBytes: mib };
  const timestamp = '2026-11-22T07:00:00.000Z';

  test('is never more than one run may leave, however much there is', () => {
    const room = new BatchRoom(limits);
    let kept = 0;
    for (let index = 0; index < 500; index++) {
      const text = 'ä'.repeat(mib / 8);
      const item = room.take(
        execution({
          resultJson: JSON.stringify(text),
          stdout: text,
          stderr: text,
          logs: [{ level: 'info', message: text, timestamp, fields: { text } }],
          files: [{ path: '/a', size: 1, content: text }],
          error:
            index % 2
              ? { code: 'RUNTIME_ERROR', name: text, message: text, stack: text, details: text }
              : null,
        }),
        ['/a'],
      );
      kept += Buffer.byteLength(JSON.stringify(item));
    }
    expect(kept).toBeLessThan(7 * mib);
    expect(kept).toBeGreaterThan(4 * mib);
  });

  test('is cut at whole characters, and says so', () => {
    const room = new BatchRoom({ ...limits, maxOutputBytes: 5 });
    const first = room.take(execution({ stdout: 'äö', stderr: '' }), []);
    const second = room.take(execution({ stdout: 'äö', stderr: 'x' }), []);
    const third = room.take(execution({ stdout: '', stderr: 'y' }), []);
    expect(
      [first, second, third].map(({ stdout, stderr, truncated }) => [
        stdout,
        stderr,
        truncated.stdout,
      ]),
    ).toEqual([
      ['äö', '', false],
      ['', 'x', true],
      ['', 'y', false],
    ]);
  });

  test('loses results that are too large among the others, and no smaller one behind them', () => {
    const room = new BatchRoom({ ...limits, maxResultBytes: 10 });
    const items = ['"12345"', '"12345"', '1'].map((resultJson) =>
      room.take(execution({ resultJson }), []),
    );
    expect(items.map(({ resultJson, error }) => [resultJson, error?.code ?? null])).toEqual([
      ['"12345"', null],
      ['null', 'RESULT_TOO_LARGE'],
      ['1', null],
    ]);
  });
});
