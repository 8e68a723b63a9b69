/** Runs of a batch: a process is sent once what they have in common. */

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Batch } from '../../lambda/sandbox/order.ts';
import { Pace } from '../../lambda/sandbox/pace.ts';
import { RunLine } from '../../lambda/sandbox/run-line.ts';
import { done, FakeProcess, orderOf } from '../support/fake-process.ts';

const deadlineMs = 60_000;

function setup() {
  const process = new FakeProcess();
  const line = new RunLine(process, new Pace(), { onRoom() {}, onGivenBack() {} });
  return { line, process };
}

function batchOf(code: string, { isBrief = true, forMs = deadlineMs } = {}): Batch {
  const { job, code: bytes } = orderOf(code);
  const pace = new Pace(2);
  if (isBrief) pace.record(job.sha256, 0.1, false);
  return { job, code: bytes, deadlineMs: performance.now() + forMs, pace };
}

function itemOf(batch: Batch, inputJson: string) {
  const order = orderOf('');
  return { ...order, code: batch.code, job: { ...batch.job, inputJson }, batch };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a batch', () => {
  test('is sent to a process once, then the input of each run', () => {
    const { line, process } = setup();
    const batch = batchOf('code');
    for (const input of ['1', '{"a":2}', '3']) line.send(itemOf(batch, input));
    expect(process.sent).toMatchObject([
      { message: { type: 'batch', slot: 0 }, code: 'code' },
      { message: { type: 'item', slot: 0, runId: 1, timeoutMs: 1000 }, code: '1' },
      { message: { type: 'item', slot: 0, runId: 2 }, code: '{"a":2}' },
      { message: { type: 'item', slot: 0, runId: 3 }, code: '3' },
    ]);
    line.endBatch(batch);
    expect(process.sent.at(-1)?.message).toEqual({ type: 'batch-end', slot: 0 });
  });

  test('of which a run was not brief is sent ahead again after a few that are', () => {
    const { line } = setup();
    const batch = batchOf('code', { isBrief: false });
    const next = () => line.accepts(itemOf(batch, '0'));
    const run = (runId: number) => {
      line.send(itemOf(batch, '0'));
      const isAccepted = next();
      line.receive(done(runId, { cpuTimeMs: runId === 1 ? 100 : 0.1 }), Buffer.from('1'));
      return isAccepted;
    };
    expect([1, 2, 3, 4, 5].map(run)).toEqual([false, false, false, false, true]);
  });

  test('has more runs ahead than others get, and others get their turn', () => {
    const { line } = setup();
    const batch = batchOf('code');
    let ahead = 0;
    for (; line.accepts(itemOf(batch, '0')); ahead += 1) line.send(itemOf(batch, '0'));
    expect(ahead).toBe(7);
    const single = orderOf('single');
    for (let runId = 1; !line.accepts(single); runId += 1) {
      line.receive(done(runId), Buffer.from('1'));
    }
    expect(line.length).toBe(2);
  });

  test('whose code is long is sent ahead where the process has it', () => {
    const { line } = setup();
    const long = batchOf('x'.repeat(64 * 1024 + 1));
    line.send(itemOf(long, '1'));
    expect(line.accepts(itemOf(long, '2'))).toBe(true);
    expect(line.accepts(itemOf(batchOf('y'.repeat(64 * 1024 + 1)), '1'))).toBe(false);
  });

  test('takes the place of another where there are many', () => {
    const { line, process } = setup();
    const batches = ['a', 'b', 'c', 'd', 'e'].map((code) => batchOf(code));
    const send = (batch: Batch | undefined) => {
      if (batch !== undefined) line.send(itemOf(batch, '1'));
    };
    batches.forEach(send);
    const sent = () => process.sent.filter(({ message }) => message.type === 'batch');
    expect(sent().map(({ message, code }) => ['slot' in message && message.slot, code])).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, 'd'],
      [0, 'e'],
    ]);
    send(batches[1]);
    expect(sent().length).toBe(5);
    send(batches[0]);
    expect(sent().length).toBe(6);
  });

  test('gives its runs no more time than it has itself', () => {
    const { line, process } = setup();
    line.send(itemOf(batchOf('code', { forMs: 40 }), '1'));
    const { message } = process.sent[1] ?? {};
    expect(message && 'timeoutMs' in message && message.timeoutMs).toBeLessThanOrEqual(40);
    jest.advanceTimersByTime(200);
    expect(process.killed).toBe(true);
  });
});
