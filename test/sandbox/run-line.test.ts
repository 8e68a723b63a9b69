import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Order } from '../../lambda/sandbox/order.ts';
import { Pace } from '../../lambda/sandbox/pace.ts';
import { RunLine } from '../../lambda/sandbox/run-line.ts';
import { done, FakeProcess, orderOf } from '../support/fake-process.ts';

const brief = 'b'.repeat(64);
const unknown = 'u'.repeat(64);
const nothing = new Uint8Array();
const killed = { signal: 'SIGKILL', code: null, stderr: '' };

interface Setup {
  readonly line: RunLine;
  readonly process: FakeProcess;
  readonly events: string[];
  readonly givenBack: Order[];
}

/** A line of which the code with the hash {@link brief} is known to be brief. */
function setup(): Setup {
  const process = new FakeProcess();
  const events: string[] = [];
  const givenBack: Order[] = [];
  const pace = new Pace();
  pace.record(brief, 0.1, false);
  const line = new RunLine(process, pace, {
    onRoom: () => events.push('room'),
    onGivenBack(orders) {
      events.push('given back');
      givenBack.push(...orders);
    },
  });
  return { line, process, events, givenBack };
}

/** Sends as many orders of brief code as there are names. */
function sendAll(line: RunLine, ...names: readonly string[]) {
  const orders = names.map((name) => orderOf(name, { sha256: brief }));
  for (const order of orders) line.send(order);
  return orders;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the line of runs in one process', () => {
  test('sends a run to an idle process, and settles its order when the process is done', () => {
    const { line, process, events } = setup();
    const order = orderOf('code');
    expect([line.isIdle, line.accepts(order)]).toEqual([true, true]);
    line.send(order);
    expect(process.sent).toMatchObject([
      { message: { type: 'run', runId: 1, codeKept: false }, code: 'code' },
    ]);
    expect([line.isIdle, line.length, order.results.length]).toEqual([false, 1, 0]);
    line.receive(done(1), Buffer.from('1'));
    expect(order.results).toMatchObject([{ outcome: { resultJson: '1' } }]);
    expect([line.isIdle, line.length, events]).toEqual([true, 0, ['room']]);
    expect(process.killed).toBe(false);
  });

  test('leaves no timer behind when all of its runs have ended', () => {
    const { line } = setup();
    sendAll(line, 'a', 'b');
    line.receive(done(1), Buffer.from('1'));
    line.receive(done(2), Buffer.from('2'));
    expect(jest.getTimerCount()).toBe(0);
  });

  test('accepts up to two runs behind a brief one, and none behind others', () => {
    const { line } = setup();
    const next = orderOf('next', { sha256: unknown });
    sendAll(line, 'a');
    expect(line.accepts(next)).toBe(true);
    sendAll(line, 'b');
    expect(line.accepts(next)).toBe(true);
    sendAll(line, 'c');
    expect(line.accepts(next)).toBe(false);

    const other = setup();
    other.line.send(next);
    expect(other.line.accepts(orderOf('a', { sha256: brief }))).toBe(false);
  });

  test('accepts long code only when the process is idle', () => {
    const { line } = setup();
    const long = orderOf('x'.repeat(64 * 1024 + 1), { sha256: brief });
    expect(line.accepts(long)).toBe(true);
    sendAll(line, 'a');
    expect(line.accepts(long)).toBe(false);
  });

  test('gives each run the messages of its own turn, and its own result', () => {
    const { line } = setup();
    const orders = sendAll(line, 'a', 'b');
    const print = (runId: number, text: string) =>
      line.receive(
        { type: 'output', runId, stream: 'stdout', truncated: false },
        Buffer.from(text),
      );
    print(1, 'one');
    print(2, 'too early');
    line.receive(done(1), Buffer.from('1'));
    print(1, 'too late');
    print(2, 'two');
    line.receive(done(2), Buffer.from('2'));
    const printed = orders.map(({ results: [result] }) =>
      Buffer.from(result?.stdout ?? []).toString(),
    );
    expect(printed).toEqual(['one', 'two']);
    expect(orders.map(({ results: [result] }) => result?.outcome)).toMatchObject([
      { resultJson: '1' },
      { resultJson: '2' },
    ]);
  });

  test('sends no code that an idle process keeps, and all code ahead', () => {
    const { line, process } = setup();
    sendAll(line, 'a');
    expect(line.keeps(brief)).toBe(false);
    line.receive(done(1, { kept: [brief] }), Buffer.from('1'));
    expect(line.keeps(brief)).toBe(true);
    sendAll(line, 'a', 'a');
    expect(process.sent.slice(1)).toMatchObject([
      { message: { codeKept: true }, code: '' },
      { message: { codeKept: false }, code: 'a' },
    ]);
  });

  test('starts the time of a run with its turn, not when it is sent', () => {
    const { line, process } = setup();
    const [, second] = sendAll(line, 'a', 'b');
    expect(jest.getTimerCount()).toBe(1);
    line.receive(done(1), Buffer.from('1'));
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1000);
    expect([process.killed, second?.results]).toEqual([false, []]);
    jest.advanceTimersByTime(100);
    expect(process.killed).toBe(true);
  });
});

describe('a run that does not end in an instant', () => {
  const reasons: readonly (readonly [what: string, last: (line: RunLine) => void])[] = [
    [
      'asks the host',
      (line) =>
        line.receive(
          {
            type: 'call',
            runId: 1,
            callId: 1,
            name: 'import',
            request: { url: 'https://a/', computed: false },
          },
          nothing,
        ),
    ],
    ['goes on', () => jest.advanceTimersByTime(100)],
  ];
  test.each(reasons)('(it %s) has what is behind it given back, in order', (_what, last) => {
    const { line, events, givenBack } = setup();
    const [first, second, third] = sendAll(line, 'a', 'b', 'c');
    last(line);
    expect(givenBack).toEqual([second, third]);
    expect([line.length, events]).toEqual([1, ['given back']]);
    expect([first, second, third].map((order) => order?.results)).toEqual([[], [], []]);
  });

  /** A line whose first run lasts, with two runs sent ahead, which it has recalled. */
  function recalling() {
    const all = setup();
    const [first] = sendAll(all.line, 'a', 'b', 'c');
    jest.advanceTimersByTime(100);
    return { ...all, first };
  }
  const recalled = { type: 'recalled', lastRunId: 3 } as const;

  test('keeps its process, which drops what is behind it and then takes more', () => {
    const { line, process, events, first } = recalling();
    expect(process.sent.at(-1)?.message).toEqual({ type: 'recall', firstRunId: 2, lastRunId: 3 });
    line.receive(recalled, nothing);
    expect(line.accepts(orderOf('d', { sha256: brief }))).toBe(false);
    line.receive(done(1), Buffer.from('1'));
    expect(first?.results).toMatchObject([{ outcome: { status: 'success' } }]);
    jest.advanceTimersByTime(1000);
    expect([process.killed, line.isIdle, line.accepts(orderOf('d'))]).toEqual([false, true, true]);
    expect(events).toEqual(['given back', 'room', 'room']);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('takes nothing before the process has dropped what is behind it', () => {
    const { line, process, events } = recalling();
    line.receive(done(1), Buffer.from('1'));
    expect([line.isIdle, line.accepts(orderOf('d'))]).toEqual([false, false]);
    // The process had begun with the second run before it read that it should not.
    line.receive(done(2, { kept: [brief] }), Buffer.from('2'));
    expect([line.isIdle, line.keeps(brief)]).toEqual([false, false]);
    events.length = 0;
    line.receive({ ...recalled, lastRunId: 2 }, nothing);
    expect(line.isIdle).toBe(false);
    line.receive(recalled, nothing);
    expect([line.isIdle, events, process.killed]).toEqual([true, ['room'], false]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('costs its process where that goes on with what was behind it', () => {
    const { line, process } = recalling();
    jest.advanceTimersByTime(500);
    expect(process.killed).toBe(false);
    line.receive(done(1), Buffer.from('1'));
    jest.advanceTimersByTime(300);
    expect([process.killed, line.accepts(orderOf('d'))]).toEqual([true, false]);
    expect(line.exited(killed)).toMatchObject({ expected: true, duringRun: false });
  });

  test('costs no process where nothing was behind it, but then nothing is sent behind it', () => {
    const { line, process, events } = setup();
    sendAll(line, 'a');
    jest.advanceTimersByTime(100);
    expect(line.accepts(orderOf('b', { sha256: brief }))).toBe(false);
    line.receive(done(1), Buffer.from('1'));
    expect([process.killed, line.isIdle, events]).toEqual([false, true, ['room']]);
    // Its code is no longer known to be brief.
    sendAll(line, 'a');
    expect(line.accepts(orderOf('b'))).toBe(false);
  });
});

describe('a process that ends', () => {
  test('fails the run under way alone', () => {
    const { line, givenBack } = setup();
    const [first, second] = sendAll(line, 'a', 'b');
    expect(line.exited({ signal: 'SIGSEGV', code: null, stderr: '' })).toEqual({
      expected: false,
      duringRun: true,
      requestId: 'request-1',
    });
    expect(first?.results).toMatchObject([{ outcome: { error: { code: 'SANDBOX_CRASHED' } } }]);
    expect([givenBack, second?.results]).toEqual([[second], []]);
    expect(line.accepts(orderOf('c'))).toBe(false);
  });

  test('between two runs is not expected', () => {
    const { line } = setup();
    const exit = line.exited({ signal: null, code: 1, stderr: '' });
    expect(exit).toEqual({ expected: false, duringRun: false, requestId: null });
  });

  test('because the host stopped a run at its limit is expected', () => {
    const { line, process } = setup();
    const order = orderOf('a', { timeoutMs: 100 });
    line.send(order);
    jest.advanceTimersByTime(500);
    expect(process.killed).toBe(true);
    expect(line.exited(killed)).toMatchObject({ expected: true, duringRun: true });
    expect(order.results).toMatchObject([{ outcome: { error: { code: 'TIMEOUT' } } }]);
  });

  test('because it asked to be replaced runs nothing that was sent ahead', () => {
    const { line, process, givenBack } = setup();
    const [first, second] = sendAll(line, 'a', 'b');
    line.receive(done(1, { retire: true }), Buffer.from('1'));
    expect(first?.results.length).toBe(1);
    expect([process.killed, givenBack]).toEqual([true, [second]]);
    expect(line.exited(killed)).toMatchObject({ expected: true, duringRun: false });
    expect(second?.results).toEqual([]);
  });
});

describe('what a process has grown to', () => {
  const MIB = 2 ** 20;

  /** Ends a run that has lasted, after which the process is as large as given. */
  function endWith(residentMib: number, more: Parameters<typeof done>[1] = {}) {
    const { line, process, events } = setup();
    sendAll(line, 'x'.repeat(1000));
    jest.advanceTimersByTime(100);
    process.residentBytes = residentMib * MIB;
    line.receive(done(1, more), Buffer.from('1'));
    return { line, process, events };
  }

  test('between two runs costs it its place, and nobody is told', () => {
    const { line, process } = endWith(400);
    expect([process.killed, line.accepts(orderOf('d'))]).toEqual([true, false]);
    expect(line.exited(killed)).toMatchObject({ expected: true, duringRun: false });
  });

  test('is nothing where it is little', () => {
    const { line, process } = endWith(200);
    expect([process.killed, line.isIdle]).toEqual([false, true]);
  });

  test('is no limit of the next run, which may grow by as much as its own memory and code allow', () => {
    const { line, process } = endWith(200);
    const order = orderOf('y');
    line.send(order);
    // 16 MiB of its own, and the slack.
    process.residentBytes = (200 + 16 + 300) * MIB;
    jest.advanceTimersByTime(500);
    expect(process.killed).toBe(false);
    process.residentBytes = (200 + 16 + 340) * MIB;
    jest.advanceTimersByTime(100);
    expect(process.killed).toBe(true);
    line.exited(killed);
    expect(order.results).toMatchObject([
      { outcome: { error: { code: 'MEMORY_LIMIT' } }, memoryPeakBytes: null },
    ]);
  });

  test('is allowed for the modules that it keeps, those that it was sent', () => {
    const { line, process } = setup();
    const module = orderOf('x'.repeat(20 * MIB), { sha256: brief });
    line.send(module);
    jest.advanceTimersByTime(100);
    process.residentBytes = 400 * MIB;
    line.receive(done(1, { kept: [brief, unknown] }), Buffer.from('1'));
    expect([process.killed, line.keeps(brief), line.keeps(unknown)]).toEqual([false, true, false]);
  });

  test('by CPU time before a run is not charged to it', () => {
    const { line, process } = setup();
    sendAll(line, 'a');
    line.receive(done(1), Buffer.from('1'));
    process.cpuMs = 5000;
    line.send(orderOf('b', { timeoutMs: 60_000 }));
    jest.advanceTimersByTime(500);
    expect(process.killed).toBe(false);
    process.cpuMs = 6200;
    jest.advanceTimersByTime(100);
    expect(process.killed).toBe(true);
  });
});

test('a result over its limit is no result: the guest broke out of its language', () => {
  const { line, process } = setup();
  const order = orderOf('a');
  line.send(order);
  line.receive(done(1), Buffer.alloc(2 ** 20 + 1, '1'));
  expect([process.killed, order.results]).toEqual([true, []]);
  line.exited(killed);
  expect(order.results).toMatchObject([{ outcome: { error: { code: 'SANDBOX_CRASHED' } } }]);
});
