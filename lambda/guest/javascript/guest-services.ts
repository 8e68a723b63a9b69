/** What a JavaScript guest can ask of the sandbox process during a run, by bridge operation. */

import type { Json } from '../../contract/errors.ts';
import { type LogLevel, logLevels } from '../../contract/protocol.ts';
import { wholeLength } from '../../contract/whole-characters.ts';
import type { RunHost } from '../runtime/runtime.ts';
import {
  BridgeError,
  type BridgeOperation,
  type BridgeOperations,
  type BridgeValue,
} from './bridge/bridge.ts';
import { createGuestTasks, type Settlement } from './guest-tasks.ts';
import { compressionOperations } from './platform/compression.ts';
import { platformOperations } from './platform/operations.ts';
import { clearRunCaches } from './platform/run-cache.ts';

export interface GuestServices {
  call(operation: string, args: BridgeValue[]): BridgeValue;
  /** Adds operations that the guest may call. */
  add(operations: BridgeOperations): void;
  /** How many tasks have not settled yet. */
  pending(): number;
  /** Work of the host that keeps the run alive; `take` gives the function that it resolves to. */
  background(work: Promise<() => void>): void;
  /** The next task or work that has settled, if any. */
  take(): Settled | undefined;
  /** Resolves when a task settles, or after so many milliseconds. */
  wait(ms: number): Promise<void>;
  /**
   * Cancels all tasks.
   * @returns whether some work cannot be cancelled and goes on
   */
  close(): boolean;
}

/** Of the message of a log entry: a longer one is cut. */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** A task that has settled, or what is to be called now that work of the host is done. */
type Settled = Settlement | (() => void);

/** Operations without state of a run. */
const sharedOperations: BridgeOperations = { ...platformOperations, ...compressionOperations };

function ownOperation(operations: BridgeOperations, name: string): BridgeOperation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

function isLogLevel(value: unknown): value is LogLevel {
  return (logLevels as readonly unknown[]).includes(value);
}

function fieldsOf(json: BridgeValue): Json {
  if (typeof json !== 'string') return null;
  try {
    return JSON.parse(json) as Json;
  } catch {
    throw new BridgeError('TypeError', 'The fields of a log entry must be JSON');
  }
}

function cutMessage(text: string): string {
  if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  const kept = Buffer.from(text).subarray(0, MAX_MESSAGE_BYTES);
  return kept.subarray(0, wholeLength(kept)).toString();
}

/** @param files operations on the files of the run */
export function createGuestServices(host: RunHost, files: BridgeOperations = {}): GuestServices {
  const originMs = performance.now();
  const settled: Settled[] = [];
  let works = 0;
  let added = files;
  let wake: (() => void) | null = null;

  function settle(item: Settled): void {
    settled.push(item);
    wake?.();
  }
  const tasks = createGuestTasks(host, settle);

  const operations: BridgeOperations = {
    'clock.now': () => performance.now() - originMs,
    'clock.origin': () => performance.timeOrigin + originMs,
    output(stream, text) {
      return host.write(stream === 'stderr' ? 'stderr' : 'stdout', Buffer.from(String(text)));
    },
    'output.room': (stream) => host.room(stream === 'stderr' ? 'stderr' : 'stdout'),
    log(level, message, fieldsJson, cut) {
      if (!isLogLevel(level)) throw new BridgeError('TypeError', 'This is no level of a log entry');
      const text = String(message);
      const kept = cutMessage(text);
      host.log(level, kept, fieldsOf(fieldsJson), cut === true || kept.length < text.length);
      return undefined;
    },
  };

  return {
    call(name, args) {
      const operation =
        ownOperation(operations, name) ??
        ownOperation(tasks.operations, name) ??
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
        settle(step);
      };
      work.then(finish, (error) =>
        finish(() => {
          throw error;
        }),
      );
    },
    pending: () => tasks.pending() + works + settled.length,
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
      const goesOn = tasks.close();
      settled.length = 0;
      clearRunCaches();
      return goesOn;
    },
  };
}
