/** `AbortController` and `AbortSignal`. */

import { DOMException } from '../core/dom-exception.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { toUnsignedLongLong } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { defineInterface, requireKey } from '../core/webidl/interface.ts';
import {
  type AbortState,
  abortState,
  abortStates,
  isAborted,
  isAbortSignal,
} from './abort-state.ts';
import { Event } from './event.ts';
import { defineEventHandler, EventTarget, fire } from './event-target.ts';

/** Starts a timer that does not keep the run alive. */
type BackgroundTimer = (callback: () => void, delayMs: number) => void;

const internal = Symbol('AbortSignal');
let startTimer: BackgroundTimer = () => {};

export class AbortSignal extends EventTarget {
  constructor(key?: unknown) {
    requireKey(key, internal);
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    return newSignal({ reason: reason === undefined ? abortError() : reason });
  }

  static timeout(milliseconds: unknown): AbortSignal {
    const delayMs = toUnsignedLongLong(milliseconds, 'delay');
    const signal = newSignal();
    startTimer(() => {
      abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delayMs);
    return signal;
  }

  static any(signals: Iterable<unknown>): AbortSignal {
    return dependentSignal(signals);
  }

  get aborted(): boolean {
    return abortState(this).reason !== undefined;
  }

  get reason(): unknown {
    return abortState(this).reason;
  }

  throwIfAborted(): void {
    const { reason } = abortState(this);
    if (reason !== undefined) throw reason;
  }
}
defineEventHandler(AbortSignal.prototype, 'abort');
defineInterface(AbortSignal, 'AbortSignal', {
  requiredByStatics: { timeout: ['delay'], any: ['signals'] },
});

export class AbortController {
  readonly #signal = newSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    abort(this.#signal, reason === undefined ? abortError() : reason);
  }
}
defineInterface(AbortController, 'AbortController');

function newSignal(given: Partial<AbortState> = {}): AbortSignal {
  const signal = new AbortSignal(internal);
  abortStates.set(signal, {
    reason: undefined,
    algorithms: new Set(),
    sources: new Set(),
    dependents: new Set(),
    dependent: false,
    ...given,
  });
  return signal;
}

/** A signal that is aborted when the first of the given ones is. The platform itself uses it too. */
export function dependentSignal(signals: unknown): AbortSignal {
  if (typeof signals !== 'object' || signals === null || !(Symbol.iterator in signals)) {
    throw invalidArgument('signals', 'an instance of Iterable', signals);
  }
  const list = [...(signals as Iterable<unknown>)];
  const known = list.map((signal, index) => {
    if (!isAbortSignal(signal)) {
      throw invalidArgument(`signals[${index}]`, 'an instance of AbortSignal', signal);
    }
    return signal;
  });
  const aborted = known.find(isAborted);
  if (aborted !== undefined) return newSignal({ reason: abortState(aborted).reason });
  const result = newSignal({ dependent: true });
  for (const signal of known) {
    const state = abortState(signal);
    for (const source of state.dependent ? state.sources : [signal]) {
      abortState(result).sources.add(source);
      abortState(source).dependents.add(result);
    }
  }
  return result;
}

/** @see https://dom.spec.whatwg.org/#abortsignal-signal-abort */
function abort(signal: AbortSignal, reason: unknown): void {
  const state = abortState(signal);
  if (state.reason !== undefined) return;
  state.reason = reason;
  const dependents = [...state.dependents].filter((dependent) => !isAborted(dependent));
  for (const dependent of dependents) abortState(dependent).reason = reason;
  for (const aborted of [signal, ...dependents]) {
    const { algorithms } = abortState(aborted);
    for (const algorithm of algorithms) algorithm();
    algorithms.clear();
    fire(aborted, new Event('abort'));
  }
}

function abortError(): DOMException {
  return new DOMException('This operation was aborted', 'AbortError');
}

export function installAbort({ define }: Prelude, background: BackgroundTimer): void {
  startTimer = background;
  defineInspection(AbortSignal, ({ aborted }) => ({ aborted }), { ownName: true });
  defineInspection(AbortController, ({ signal }) => ({ signal }), { ownName: true });
  define({ AbortController, AbortSignal });
}
