/** What a JavaScript guest can ask of the sandbox process during a run, by bridge operation. */

import type { Json } from '../../contract/errors.ts';
import type { GuestFetchRequest, LogLevel } from '../../contract/protocol.ts';
import type { RunHost } from '../runtime/runtime.ts';
import {
  BridgeError,
  type BridgeOperation,
  type BridgeOperations,
  type BridgeValue,
} from './bridge/bridge.ts';
import { compressionOperations } from './platform/compression.ts';
import { platformOperations, platformTasks } from './platform/operations.ts';
import { clearRunCaches } from './platform/run-cache.ts';

/** What a task brought back, for the prelude's `settle`. */
export interface Settlement {
  readonly id: number;
  readonly json: string;
  readonly bytes: Uint8Array;
}

export interface GuestServices {
  call(operation: string, args: BridgeValue[]): BridgeValue;
  /** Lets the guest call more. */
  add(operations: BridgeOperations): void;
  /** How many tasks have not settled yet. */
  pending(): number;
  /** Work of the host that keeps the run alive; the function that it comes to is to be called. */
  background(work: Promise<() => void>): void;
  /** The next task or work that has settled, if any. */
  take(): Settlement | (() => void) | undefined;
  /** Resolves when a task settles, or after so many milliseconds. */
  wait(ms: number): Promise<void>;
  /**
   * Aborts whatever is under way.
   * @returns whether there is work that cannot be called off and goes on
   */
  close(): boolean;
}

/** Operations that know nothing of the run. */
const sharedOperations: BridgeOperations = { ...platformOperations, ...compressionOperations };

function ownOperation(operations: BridgeOperations, name: string): BridgeOperation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

/** Tasks at once; the host's own quota on fetches is far below. */
const MAX_TASKS = 1000;

export function createGuestServices(host: RunHost): GuestServices {
  const originMs = performance.now();
  /** How to give up each task that is under way. */
  const tasks = new Map<number, () => void>();
  const settled: (Settlement | (() => void))[] = [];
  let works = 0;
  let added: BridgeOperations = {};
  let wake: (() => void) | null = null;
  /** Platform tasks: they run to their end on Node.js's threads. */
  let working = 0;

  function settle(settlement: Settlement): void {
    if (!tasks.delete(settlement.id)) return;
    settled.push(settlement);
    wake?.();
  }

  function startFetch(id: number, json: string, body: Uint8Array): void {
    const pending = host.fetch(JSON.parse(json) as GuestFetchRequest, body);
    tasks.set(id, pending.abort);
    pending.result.then((result) =>
      settle(
        result.ok
          ? {
              id,
              json: JSON.stringify({ ok: true, response: result.response }),
              bytes: result.body,
            }
          : { id, json: JSON.stringify(result), bytes: new Uint8Array() },
      ),
    );
  }

  const operations: BridgeOperations = {
    'clock.now': () => performance.now() - originMs,
    'clock.origin': () => performance.timeOrigin + originMs,
    output(stream, text) {
      return host.write(stream === 'stderr' ? 'stderr' : 'stdout', Buffer.from(String(text)));
    },
    'output.room': (stream) => host.room(stream === 'stderr' ? 'stderr' : 'stdout'),
    log(level, message, fieldsJson, cut) {
      const fields: Json = typeof fieldsJson === 'string' ? (JSON.parse(fieldsJson) as Json) : null;
      host.log(level as LogLevel, String(message), fields, cut === true);
      return undefined;
    },
    'task.start'(id, kind, json, bytes) {
      if (typeof id !== 'number' || typeof json !== 'string') {
        throw new BridgeError('TypeError', 'This is no task');
      }
      if (tasks.size >= MAX_TASKS) {
        throw new BridgeError('RangeError', `More than ${MAX_TASKS} tasks are under way`);
      }
      const body = bytes instanceof Uint8Array ? bytes : new Uint8Array();
      const name = String(kind);
      const task = Object.hasOwn(platformTasks, name) ? platformTasks[name] : undefined;
      if (name === 'fetch') {
        startFetch(id, json, body);
      } else if (task !== undefined) {
        tasks.set(id, () => {});
        working += 1;
        task(json, body).then((result) => {
          working -= 1;
          settle({ id, ...result });
        });
      } else {
        throw new BridgeError('TypeError', 'There is no such task');
      }
      return undefined;
    },
    'task.cancel'(id) {
      const abort = tasks.get(Number(id));
      tasks.delete(Number(id));
      abort?.();
      return undefined;
    },
  };

  return {
    call(name, args) {
      const operation =
        ownOperation(operations, name) ??
        ownOperation(sharedOperations, name) ??
        ownOperation(added, name);
      if (operation === undefined) throw new BridgeError('TypeError', `There is no ${name}`);
      return operation(...args);
    },
    add(more) {
      added = { ...added, ...more };
    },
    background(work) {
      works += 1;
      const finish = (step: () => void): void => {
        works -= 1;
        settled.push(step);
        wake?.();
      };
      work.then(finish, (error) =>
        finish(() => {
          throw error;
        }),
      );
    },
    pending: () => tasks.size + works + settled.length,
    take: () => settled.shift(),
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        function done(): void {
          clearTimeout(timer);
          wake = null;
          resolve();
        }
        wake = done;
        if (settled.length > 0) done();
      }),
    close() {
      for (const abort of tasks.values()) abort();
      if (tasks.size > 0) tasks.clear();
      settled.length = 0;
      clearRunCaches();
      return working > 0;
    },
  };
}
