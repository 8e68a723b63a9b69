/** A host that was busy finds timers that are due and answers that have arrived: the timers come first. */

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Pace } from '../../lambda/sandbox/pace.ts';
import { RunLine } from '../../lambda/sandbox/run-line.ts';
import { done, FakeProcess, orderOf } from '../support/fake-process.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a process that has dropped its runs in time is kept, though that is read late', () => {
  const process = new FakeProcess();
  const pace = new Pace();
  pace.record('0'.repeat(64), 0.1, false);
  const line = new RunLine(process, pace, { onRoom() {}, onGivenBack() {} });
  for (const code of ['lasting', 'behind']) line.send(orderOf(code));
  jest.advanceTimersByTime(100);
  expect(process.sent.at(-1)?.message).toMatchObject({ type: 'recall', lastRunId: 2 });
  line.receive(done(1), Buffer.from('1'));
  // Due with the end of the line's patience, and behind it.
  setTimeout(() => line.receive({ type: 'recalled', lastRunId: 2 }, new Uint8Array()), 200);
  jest.advanceTimersByTime(300);
  expect([process.killed, line.isIdle]).toEqual([false, true]);
});
