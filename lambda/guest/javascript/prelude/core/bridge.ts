/** The guest's end of the bridge: encodes text, makes the host's errors the guest's, settles tasks. */

import { readFailure } from '../../bridge/failure-text.ts';
import { decodeText, encodeText } from '../../bridge/text.ts';
import { DOMException } from './dom-exception.ts';
import type { Host, HostTask, HostValue } from './host.ts';
import { apply, MapClass, mapDelete, mapGet, mapSet } from './intrinsics.ts';
import { withCode } from './webidl/errors.ts';

type RawBridge = (operation: string, ...args: HostValue[]) => HostValue;

type Resolve = (value: readonly [string, ArrayBuffer]) => void;

interface Bridge extends Host {
  /** Resolves the promise of a started task with what the host sent. */
  settle(id: number, json: string, bytes: ArrayBuffer): void;
}

/** QuickJS's own: what it throws where memory or stack run out. */
declare const InternalError: ErrorConstructor;

const languageErrors: { readonly [name: string]: ErrorConstructor } = Object.assign(
  Object.create(null),
  { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, InternalError },
);

/**
 * Uses captured functions of the language only: what crosses stays sound whatever a script replaces.
 * @param raw the host function that calls an operation
 */
export function createBridge(raw: RawBridge): Bridge {
  const tasks = new MapClass<number, Resolve>();
  let lastTask = 0;
  return {
    call(...args) {
      try {
        // Behind the operation. In place: no setter of `Array.prototype` sees what is there already.
        for (let i = 1; i < args.length; i++) args[i] = toHost(args[i] as HostValue);
        const value = apply(raw, undefined, args) as HostValue;
        return typeof value === 'string' ? decodeText(value) : value;
      } catch (error) {
        throw guestError(error);
      }
    },
    start(operation, json, bytes) {
      lastTask += 1;
      const id = lastTask;
      const promise = new Promise<readonly [string, ArrayBuffer]>((resolve) => {
        mapSet(tasks, id, resolve);
      });
      this.call('task.start', id, operation, json, bytes);
      return { id, promise };
    },
    cancel(task: HostTask) {
      if (mapDelete(tasks, task.id)) this.call('task.cancel', task.id);
    },
    settle(id, json, bytes) {
      const resolve = mapGet(tasks, id) as Resolve | undefined;
      mapDelete(tasks, id);
      resolve?.([decodeText(json), bytes]);
    },
  };
}

/** A function of the host that throws errors, where the host throws what names them. */
export function throwingErrors<Args extends unknown[], Result>(
  raw: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    try {
      return raw(...args);
    } catch (thrown) {
      throw guestError(thrown);
    }
  };
}

function toHost(value: HostValue): HostValue {
  return typeof value === 'string' ? encodeText(value) : value;
}

/**
 * The host throws a text that names an error; the guest gets one of the class with that name, or a
 * `DOMException`. What QuickJS itself throws stays as it is.
 */
function guestError(thrown: unknown): unknown {
  if (typeof thrown !== 'string') return thrown;
  const { name, message, code } = readFailure(decodeText(thrown));
  const Constructor = languageErrors[name];
  if (Constructor === undefined) return new DOMException(message, name);
  const error = new Constructor(message);
  return code === '' ? error : withCode(error, code);
}
