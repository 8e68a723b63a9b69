import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { LogEntry, Readiness } from '../../lambda/contract/execution.ts';
import { Pace } from '../../lambda/sandbox/pace.ts';
import { RunLine } from '../../lambda/sandbox/run-line.ts';
import { done, FakeProcess, orderOf, type TestOrder } from '../support/fake-process.ts';

const killed = { signal: 'SIGKILL', code: null, stderr: '' };

interface Setup {
  readonly line: RunLine;
  readonly process: FakeProcess;
  readonly order: TestOrder;
  readonly told: (string | LogEntry)[];
  print(text: string, truncated?: boolean): void;
  /** What the listener says to what it is told next. */
  answer: Readiness;
}

function setup(options: { signal?: AbortSignal } = {}): Setup {
  const process = new FakeProcess();
  const told: Setup['told'] = [];
  const line = new RunLine(process, new Pace(), { onRoom() {}, onGivenBack() {} });
  const order: TestOrder = {
    ...orderOf('code'),
    signal: options.signal ?? null,
    observer: {
      started(codeType) {
        told.push(`started ${codeType}`);
        return given.answer;
      },
      printed(stream, chunk) {
        told.push(`${stream} ${Buffer.from(chunk)}`);
        return given.answer;
      },
      logged(entry) {
        told.push(entry);
        return given.answer;
      },
    },
  };
  line.send(order);
  const given: Setup = {
    line,
    process,
    order,
    told,
    print: (text, truncated = false) =>
      line.receive({ type: 'output', runId: 1, stream: 'stdout', truncated }, Buffer.from(text)),
    answer: null,
  };
  return given;
}

async function settled(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a run that somebody listens to', () => {
  test('tells what its sandbox sends, in that order, and keeps entries of the log alone', () => {
    const { line, order, told, print } = setup();
    const entry = { level: 'info', message: 'm', timestamp: 't', fields: null } as const;
    line.receive({ type: 'started', runId: 1, codeType: 'typescript' }, Buffer.alloc(0));
    print('one');
    line.receive({ type: 'log', runId: 1, ...entry }, Buffer.alloc(0));
    print('two', true);
    line.receive(done(1), Buffer.from('1'));
    expect(told).toEqual(['started typescript', 'stdout one', entry, 'stdout two']);
    expect(order.results).toMatchObject([
      { stdout: Buffer.alloc(0), logs: [entry], truncated: { stdout: true, stderr: false } },
    ]);
  });

  test('is not read on while the listener is behind', async () => {
    const given = setup();
    const { promise, resolve } = Promise.withResolvers<void>();
    given.answer = promise;
    given.print('one');
    expect(given.process.paused).toBe(true);
    // It was read together with the first.
    given.print('two');
    resolve();
    await settled();
    expect([given.process.paused, given.told]).toEqual([false, ['stdout one', 'stdout two']]);
  });

  test('is read on once it has ended, however far behind the listener is', () => {
    const given = setup();
    given.answer = new Promise(() => {});
    given.print('one');
    given.line.receive(done(1), Buffer.from('1'));
    expect([given.process.paused, given.line.isIdle]).toEqual([false, true]);
  });

  test('is killed at its deadline while the listener is behind, and what is left is read', () => {
    const given = setup();
    given.answer = new Promise(() => {});
    given.print('one');
    jest.advanceTimersByTime(1200);
    expect([given.process.killed, given.process.paused]).toEqual([true, false]);
    given.print('two');
    expect(given.process.paused).toBe(false);
    given.line.exited(killed);
    expect(given.told).toEqual(['stdout one', 'stdout two']);
    expect(given.order.results).toMatchObject([{ outcome: { error: { code: 'TIMEOUT' } } }]);
  });

  test('has ended as it says where that was not read before the deadline', () => {
    const given = setup();
    given.answer = new Promise(() => {});
    given.print('one');
    jest.advanceTimersByTime(1200);
    given.line.receive(done(1), Buffer.from('1'));
    given.line.exited(killed);
    expect(given.order.results).toMatchObject([{ outcome: { resultJson: '1' }, retire: true }]);
    expect([given.order.results.length, given.line.isIdle]).toEqual([1, false]);
  });

  test('is killed when nobody wants it any more', () => {
    const controller = new AbortController();
    const { line, process, order } = setup({ signal: controller.signal });
    controller.abort();
    line.abandon(controller.signal);
    expect(process.killed).toBe(true);
    expect(line.exited(killed)).toEqual({
      expected: true,
      duringRun: true,
      requestId: 'request-1',
    });
    expect(order.results).toHaveLength(1);
  });

  test('is killed when its turn comes where nobody wants it any more by then', () => {
    const controller = new AbortController();
    const process = new FakeProcess();
    const pace = new Pace();
    pace.record('0'.repeat(64), 0.1, false);
    const line = new RunLine(process, pace, { onRoom() {}, onGivenBack() {} });
    line.send(orderOf('first'));
    line.send({ ...orderOf('second'), signal: controller.signal });
    controller.abort();
    line.abandon(controller.signal);
    expect(process.killed).toBe(false);
    line.receive(done(1), Buffer.from('1'));
    expect(process.killed).toBe(true);
  });
});
