/** The guest's end of the bridge: text and errors made safe to cross, tasks that settle later. */

import { decodeText, encodeText } from '../../bridge/text.ts';
import { DOMException } from './dom-exception.ts';
import type { Host, HostTask, HostValue } from './host.ts';

type RawBridge = (operation: string, ...args: HostValue[]) => HostValue;

interface Settlers {
  resolve(value: readonly [string, ArrayBuffer]): void;
  reject(reason: unknown): void;
}

interface Bridge extends Host {
  /** Settles a started task with what the host sent. */
  settle(id: number, json: string, bytes: ArrayBuffer): void;
}

const languageErrors: { readonly [name: string]: ErrorConstructor } = Object.assign(
  Object.create(null),
  { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError },
);

/** @param raw the function that the machine gave to the prelude */
export function createBridge(raw: RawBridge): Bridge {
  const tasks = new Map<number, Settlers>();
  let lastTask = 0;
  return {
    call(operation, ...args) {
      try {
        const value = raw(operation, ...args.map(toHost));
        return typeof value === 'string' ? decodeText(value) : value;
      } catch (error) {
        throw named(error);
      }
    },
    start(operation, json, bytes) {
      lastTask += 1;
      const id = lastTask;
      const promise = new Promise<readonly [string, ArrayBuffer]>((resolve, reject) => {
        tasks.set(id, { resolve, reject });
      });
      this.call('task.start', id, operation, json, bytes);
      return { id, promise };
    },
    cancel(task: HostTask) {
      if (tasks.delete(task.id)) this.call('task.cancel', task.id);
    },
    settle(id, json, bytes) {
      const settlers = tasks.get(id);
      tasks.delete(id);
      settlers?.resolve([decodeText(json), bytes]);
    },
  };
}

function toHost(value: HostValue): HostValue {
  return typeof value === 'string' ? encodeText(value) : value;
}

/** The host names errors; the guest gets the class of that name, or a `DOMException`. */
function named(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = decodeText(error.message);
  const Constructor = languageErrors[error.name];
  if (Constructor !== undefined) return new Constructor(message);
  // An exception of QuickJS itself, such as running out of memory, stays what it is.
  return error.name === 'InternalError' ? error : new DOMException(message, error.name);
}
