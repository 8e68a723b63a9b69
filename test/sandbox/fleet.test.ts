import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type FailureReport, Fleet, type Occupant } from '../../lambda/sandbox/fleet.ts';
import type { SandboxProcess } from '../../lambda/sandbox/process.ts';
import { done, FakeProcess } from '../support/fake-process.ts';

interface FakeOccupant extends Occupant {
  readonly process: SandboxProcess;
  readonly received: string[];
  /** Whether its process is to end. */
  expectsExit: boolean;
}

function setup(size: number) {
  const children: FakeProcess[] = [];
  const occupants: FakeOccupant[] = [];
  const failures: FailureReport[] = [];
  const watched: (readonly number[])[] = [];
  const counts = { ready: 0, keepers: 0, closedKeepers: 0, down: 0 };
  const fleet = new Fleet<FakeOccupant>({
    size,
    startProcess(events) {
      const child = new FakeProcess(children.length + 1, events);
      children.push(child);
      return child;
    },
    startKeeper() {
      counts.keepers += 1;
      return {
        watch: (pids) => watched.push(pids),
        close() {
          counts.closedKeepers += 1;
        },
      };
    },
    occupy(process) {
      const occupant: FakeOccupant = {
        process,
        received: [],
        expectsExit: false,
        receive: ({ type }) => occupant.received.push(type),
        exited: () => ({
          expected: occupant.expectsExit,
          duringRun: !occupant.expectsExit,
          requestId: 'request-1',
        }),
      };
      occupants.push(occupant);
      return occupant;
    },
    onReady() {
      counts.ready += 1;
    },
    onFailure: (report) => failures.push(report),
    onDown() {
      counts.down += 1;
    },
  });
  const child = (index: number): FakeProcess => {
    const found = children[index];
    if (found === undefined) throw new Error(`No process ${index} was started.`);
    return found;
  };
  return { fleet, child, children, occupants, failures, watched, counts };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('all processes start at once, and each is occupied when it is ready', () => {
  const { fleet, child, children, occupants, counts } = setup(2);
  expect([children.length, fleet.starting, fleet.occupants.size]).toEqual([2, 2, 0]);
  child(1).becomeReady();
  expect([fleet.starting, [...fleet.occupants], counts.ready]).toEqual([1, occupants, 1]);
  expect(occupants[0]?.process).toBe(children[1]);
});

test('an occupant hears its own process, from when it is ready', () => {
  const { child, occupants } = setup(2);
  child(0).say(done(1));
  child(0).becomeReady();
  child(1).becomeReady();
  child(0).say(done(1));
  expect(occupants.map(({ received }) => received)).toEqual([['done'], []]);
});

test('a process is occupied once, however often it says that it is ready', () => {
  const { fleet, child, occupants } = setup(1);
  child(0).becomeReady();
  child(0).becomeReady();
  expect([fleet.occupants.size, occupants.length]).toEqual([1, 1]);
});

test('a process that is not ready in time is killed, after a moment for a host that was frozen', () => {
  const { child } = setup(2);
  child(0).becomeReady();
  jest.advanceTimersByTime(10_000);
  expect(child(1).killed).toBe(false);
  jest.advanceTimersByTime(1001);
  expect([child(0).killed, child(1).killed]).toEqual([false, true]);
});

test('a process that is killed as it becomes ready gets no run: another is started', () => {
  const { fleet, child, children, occupants } = setup(1);
  jest.advanceTimersByTime(11_001);
  expect(child(0).killed).toBe(true);
  // It was on its way when the host gave the process up.
  child(0).becomeReady();
  expect([fleet.occupants.size, occupants.length]).toEqual([0, 0]);
  child(0).exit({ signal: 'SIGKILL', code: null });
  jest.advanceTimersByTime(50);
  expect(children.length).toBe(2);
  child(1).becomeReady();
  expect(fleet.occupants.size).toBe(1);
});

test('a process that does not start is tried again, after pauses that grow up to five seconds', () => {
  const { fleet, child, children, failures } = setup(1);
  const pauses = [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000];
  for (const [index, pauseMs] of pauses.entries()) {
    child(index).exit({ code: 3 });
    expect([fleet.failedStarts, fleet.starting]).toEqual([index + 1, 1]);
    jest.advanceTimersByTime(pauseMs - 1);
    expect(children.length).toBe(index + 1);
    jest.advanceTimersByTime(1);
    expect([children.length, fleet.starting]).toEqual([index + 2, 1]);
  }
  expect(failures.length).toBe(pauses.length);
  expect(failures[0]).toMatchObject({ code: 3, duringRun: false });
});

test('is down when three starts in a row have failed while nothing is up, until one succeeds', () => {
  const { fleet, child, counts } = setup(1);
  child(0).becomeReady();
  child(0).exit({ signal: 'SIGSEGV', code: null });
  for (const [index, isDown] of [false, false, true, true].entries()) {
    child(index + 1).exit({ code: 3 });
    expect(fleet.isDown).toBe(isDown);
    jest.advanceTimersByTime(5000);
  }
  expect(counts.down).toBe(2);
  child(5).becomeReady();
  expect(fleet.isDown).toBe(false);
});

test('is not down while one process works, however often others fail', () => {
  const { fleet, child, children, counts } = setup(2);
  child(0).becomeReady();
  for (let start = 1; start <= 5; start++) {
    child(start).exit({ code: 3 });
    jest.advanceTimersByTime(5000);
  }
  expect([children.length, fleet.failedStarts, fleet.isDown, counts.down]).toEqual([
    7,
    5,
    false,
    0,
  ]);
});

test('a start that succeeds makes the next pause short again', () => {
  const { fleet, child, children } = setup(2);
  child(0).exit();
  child(1).exit();
  expect(fleet.failedStarts).toBe(2);
  jest.advanceTimersByTime(100);
  child(2).becomeReady();
  expect(fleet.failedStarts).toBe(0);
  child(3).exit();
  jest.advanceTimersByTime(50);
  expect(children.length).toBe(5);
});

test('a process that dies after it was ready is replaced at once', () => {
  const { fleet, child, children, failures } = setup(1);
  child(0).becomeReady();
  child(0).exit({ signal: 'SIGSEGV', code: null });
  expect([children.length, fleet.occupants.size, fleet.starting]).toEqual([2, 0, 1]);
  expect(failures).toEqual([
    { signal: 'SIGSEGV', code: null, stderr: '', duringRun: true, requestId: 'request-1' },
  ]);
  expect(fleet.failedStarts).toBe(0);
});

test('an exit that its occupant expects is no failure', () => {
  const { child, children, occupants, failures } = setup(1);
  child(0).becomeReady();
  for (const occupant of occupants) occupant.expectsExit = true;
  child(0).exit();
  expect([children.length, failures]).toEqual([2, []]);
});

test('a keeper watches all processes, from when the first is ready', () => {
  const { child, watched, counts } = setup(2);
  jest.advanceTimersByTime(100);
  expect(counts.keepers).toBe(0);
  child(0).becomeReady();
  expect(counts.keepers).toBe(0);
  jest.advanceTimersByTime(50);
  child(1).becomeReady();
  expect([counts.keepers, watched.at(-1)]).toEqual([1, [1, 2]]);
  child(0).exit();
  expect(watched.at(-1)).toEqual([2]);
  child(2).becomeReady();
  expect(watched.at(-1)).toEqual([2, 3]);
});

test('closing kills all processes, waits until they have exited, and starts none', async () => {
  const { fleet, child, children, failures, counts } = setup(3);
  child(0).becomeReady();
  jest.advanceTimersByTime(50);
  child(2).exit();
  failures.length = 0;
  let isClosed = false;
  const closing = fleet.close().then(() => {
    isClosed = true;
  });
  expect([child(0).killed, child(1).killed]).toEqual([true, true]);
  child(0).exit();
  await Promise.resolve();
  expect([isClosed, counts.closedKeepers]).toEqual([false, 0]);
  child(1).exit();
  await closing;
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(60_000);
  expect([children.length, failures, counts.closedKeepers]).toEqual([3, [], 1]);
});

test('a fleet without processes closes at once', async () => {
  await expect(setup(0).fleet.close()).resolves.toBeUndefined();
});
