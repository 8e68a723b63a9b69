/** Tasks that a guest has started and the sandbox process completes later: `fetch`, `crypto.subtle`. */

import { type CallName, type CallRequest, hostCalls } from '../../contract/calls.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { BridgeError, type BridgeOperations } from './bridge/bridge.ts';
import { platformTasks } from './platform/operations.ts';

/** What a task brought back, for the prelude's `settle`. */
export interface Settlement {
  readonly id: number;
  readonly json: string;
  readonly bytes: Uint8Array;
}

interface GuestTasks {
  readonly operations: BridgeOperations;
  /** How many tasks have not settled yet. */
  pending(): number;
  /**
   * Cancels all tasks.
   * @returns whether some work cannot be cancelled and goes on
   */
  close(): boolean;
}

/** Tasks at once; the host's own quota on fetches is far below. */
const MAX_TASKS = 1000;

/** @param onSettled called for each task that settles before it is cancelled */
export function createGuestTasks(
  host: Pick<RunHost, 'call'>,
  onSettled: (settlement: Settlement) => void,
): GuestTasks {
  /** How to cancel each task that is under way. */
  const tasks = new Map<number, () => void>();
  /** Platform tasks: they run to their end on Node.js's threads. */
  let working = 0;

  function settle(settlement: Settlement): void {
    if (tasks.delete(settlement.id)) onSettled(settlement);
  }

  function startCall(name: CallName, id: number, json: string, body: Uint8Array): void {
    const pending = host.call(name, readRequest(name, json), body);
    tasks.set(id, pending.abort);
    pending.result.then((result) => {
      const { body: bytes = new Uint8Array(), ...reply } = { body: undefined, ...result };
      settle({ id, json: JSON.stringify(reply), bytes });
    });
  }

  const operations: BridgeOperations = {
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
      if (isCall(name)) {
        startCall(name, id, json, body);
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
    operations,
    pending: () => tasks.size,
    close() {
      for (const abort of tasks.values()) abort();
      if (tasks.size > 0) tasks.clear();
      return working > 0;
    },
  };
}

function isCall(name: string): name is CallName {
  return Object.hasOwn(hostCalls, name) && hostCalls[name as CallName].isTask;
}

/**
 * The realm makes the request in a language whose functions a script can replace: what is no request is
 * an error of the script, where the host would take the message for an attack.
 * @throws {BridgeError}
 */
function readRequest(name: CallName, json: string): CallRequest {
  try {
    const request: unknown = JSON.parse(json);
    if (hostCalls[name].isRequest(request)) return request;
  } catch {
    // Below.
  }
  throw new BridgeError('TypeError', 'The request is too long, or is no request');
}
