/** `EventTarget`, for targets without parents: a script has no tree of nodes. */

import { DOMException } from '../core/dom-exception.ts';
import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { weakSetHas } from '../core/intrinsics.ts';
import { toDomString } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { defineInterface, operation } from '../core/webidl/interface.ts';
import { addAbortAlgorithm, isAborted, isAbortSignal } from './abort-state.ts';
import {
  changeEvent,
  ErrorEvent,
  type Event,
  eventPhases,
  eventState,
  isEvent,
  PromiseRejectionEvent,
} from './event.ts';

type Callback = ((event: Event) => unknown) | { handleEvent?: unknown };

interface Listener {
  readonly type: string;
  readonly callback: Callback;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
}

/** The listeners of a target, and the listener of each of its `on…` attributes. */
interface Registry {
  listeners: Listener[];
  readonly handlers: Map<string, { value: unknown; readonly listener: Listener }>;
}

// Captured here: a script may replace them.
const { apply } = Reflect;
const reject = Promise.reject.bind(Promise);
const weakSetAdd = (set: WeakSet<object>, value: object): unknown => apply(add, set, [value]);
const { add } = WeakSet.prototype;

const registries = new WeakMap<object, Registry>();

/** A method that is called without a `this` belongs to the global object. */
function targetOf(self: unknown): object {
  return (self ?? globalThis) as object;
}

function registryOf(self: unknown): Registry {
  const registry = registries.get(targetOf(self));
  if (registry === undefined) throw new TypeError('Illegal invocation');
  return registry;
}

export class EventTarget {
  constructor() {
    registries.set(this, { listeners: [], handlers: new Map() });
  }

  addEventListener(type: unknown, callback: unknown, options?: unknown): void {
    const registry = registryOf(this);
    const name = toDomString(type);
    const { capture, once, passive, signal } = listenerOptions(options);
    if (!isCallback(callback) || (signal !== undefined && isAborted(signal))) return;
    if (find(registry, name, callback, capture) !== undefined) return;
    const listener: Listener = { type: name, callback, capture, once, passive, removed: false };
    registry.listeners = [...registry.listeners, listener];
    if (signal !== undefined) addAbortAlgorithm(signal, () => remove(registry, listener));
  }

  removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
    const registry = registryOf(this);
    const name = toDomString(type);
    const capture = captureOption(options);
    if (!isCallback(callback)) return;
    const listener = find(registry, name, callback, capture);
    if (listener !== undefined) remove(registry, listener);
  }

  dispatchEvent(event: unknown): boolean {
    registryOf(this);
    if (!isEvent(event)) throw invalidArgument('event', 'an instance of Event', event);
    if (eventState(event).dispatching) {
      throw new DOMException('The event is already being dispatched', 'InvalidStateError');
    }
    changeEvent(event, { trusted: false });
    return dispatch(targetOf(this), event);
  }
}
defineInterface(EventTarget, 'EventTarget', {
  required: {
    addEventListener: ['type', 'listener'],
    removeEventListener: ['type', 'listener'],
    dispatchEvent: ['event'],
  },
});

/**
 * Dispatches an event that the platform itself makes.
 * @returns whether no listener called `preventDefault`
 */
export function fire(target: object, event: Event): boolean {
  changeEvent(event, { trusted: true });
  return dispatch(target, event);
}

function dispatch(target: object, event: Event): boolean {
  changeEvent(event, {
    target: target as EventTarget,
    currentTarget: target as EventTarget,
    phase: eventPhases.AT_TARGET,
    dispatching: true,
  });
  const registry = registryOf(target);
  for (const capture of [true, false]) {
    if (!eventState(event).stopped) invoke(registry, target, event, capture);
  }
  changeEvent(event, {
    currentTarget: null,
    phase: eventPhases.NONE,
    dispatching: false,
    stopped: false,
    stoppedImmediately: false,
  });
  return !event.defaultPrevented;
}

function invoke(registry: Registry, target: object, event: Event, capture: boolean): void {
  const { type } = event;
  // `listeners` never changes in place: listeners that are added meanwhile are not called.
  for (const listener of registry.listeners) {
    if (listener.removed || listener.type !== type || listener.capture !== capture) continue;
    if (listener.once) remove(registry, listener);
    changeEvent(event, { passive: listener.passive });
    try {
      call(listener.callback, target, event);
    } catch (error) {
      reportException(error);
    }
    changeEvent(event, { passive: false });
    if (eventState(event).stoppedImmediately) return;
  }
}

function call(callback: Callback, target: object, event: Event): void {
  if (typeof callback === 'function') {
    apply(callback, target, [event]);
    return;
  }
  const { handleEvent } = callback;
  if (typeof handleEvent !== 'function') {
    throw new TypeError('The listener has no method "handleEvent".');
  }
  apply(handleEvent, callback, [event]);
}

/** Fires `error` at the global object. Where no listener calls `preventDefault`, the run fails. */
export function reportException(error: unknown): void {
  const message = error instanceof Error ? String(error) : 'Uncaught exception';
  const event = new ErrorEvent('error', { error, message, cancelable: true });
  if (!reporting) {
    reporting = true;
    const unhandled = fire(globalThis, event);
    reporting = false;
    if (!unhandled) return;
  }
  // The host treats an unhandled rejection as an uncaught exception.
  weakSetAdd(uncaught, reject(error));
}

/**
 * Fires `unhandledrejection` at the global object.
 * @returns whether a listener called `preventDefault`, so that the run goes on
 */
export function reportRejection(promise: Promise<unknown>, reason: unknown): boolean {
  if (weakSetHas(uncaught, promise)) return false;
  const init = { promise, reason, cancelable: true };
  return !fire(globalThis, new PromiseRejectionEvent('unhandledrejection', init));
}

/** Rejections that stand for an exception, which was reported as such. */
const uncaught = new WeakSet<object>();

/** Set while listeners run: an exception of theirs is not reported to them again. */
let reporting = false;

function find(
  registry: Registry,
  type: string,
  callback: Callback,
  capture: boolean,
): Listener | undefined {
  return registry.listeners.find(
    (listener) =>
      listener.type === type && listener.callback === callback && listener.capture === capture,
  );
}

function remove(registry: Registry, listener: Listener): void {
  listener.removed = true;
  registry.listeners = registry.listeners.filter((other) => other !== listener);
}

function isCallback(value: unknown): value is Callback {
  if (value === null || value === undefined) return false;
  if (typeof value === 'function' || typeof value === 'object') return true;
  throw invalidArgument('listener', 'an instance of EventListener', value);
}

function captureOption(options: unknown): boolean {
  if (typeof options !== 'object' && typeof options !== 'function') return Boolean(options);
  return Boolean((options as { capture?: unknown } | null)?.capture);
}

function listenerOptions(options: unknown): {
  capture: boolean;
  once: boolean;
  passive: boolean;
  signal: object | undefined;
} {
  const capture = captureOption(options);
  if ((typeof options !== 'object' && typeof options !== 'function') || options === null) {
    return { capture, once: false, passive: false, signal: undefined };
  }
  const given = options as { once?: unknown; passive?: unknown; signal?: unknown };
  const [once, passive] = [Boolean(given.once), Boolean(given.passive)];
  const { signal } = given;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw invalidArgument('options.signal', 'an instance of AbortSignal', signal);
  }
  return { capture, once, passive, signal };
}

/**
 * Defines an event handler attribute such as `onabort`.
 * @see https://html.spec.whatwg.org/#event-handler-idl-attributes
 */
export function defineEventHandler(prototype: object, type: string): void {
  const property = `on${type}`;
  const accessors = {
    get [property](): unknown {
      return registryOf(this).handlers.get(type)?.value ?? null;
    },
    set [property](value: unknown) {
      const registry = registryOf(this);
      const handler = registry.handlers.get(type);
      if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
        registry.handlers.delete(type);
        if (handler !== undefined) remove(registry, handler.listener);
      } else if (handler !== undefined) {
        handler.value = value;
      } else {
        registry.handlers.set(type, addHandler(registry, type, value));
      }
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(accessors, property);
  if (descriptor !== undefined) Object.defineProperty(prototype, property, descriptor);
}

function addHandler(registry: Registry, type: string, value: unknown) {
  const listener: Listener = {
    type,
    callback(event) {
      if (typeof handler.value !== 'function') return;
      const answer: unknown = apply(handler.value, event.currentTarget, [event]);
      if (answer === false) event.preventDefault();
    },
    capture: false,
    once: false,
    passive: false,
    removed: false,
  };
  const handler = { value, listener };
  registry.listeners = [...registry.listeners, listener];
  return handler;
}

/** Installs `EventTarget` and `reportError`, and makes the global object an event target. */
export function installEventTarget({ define, global }: Prelude): void {
  registries.set(global, { listeners: [], handlers: new Map() });
  const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
  defineInspection(EventTarget, () => ({}), { ownName: true, tooDeep: (name) => name });
  define({ EventTarget });
  define(
    {
      addEventListener,
      removeEventListener,
      dispatchEvent,
      reportError: operation('reportError', reportException, ['error']),
    },
    { enumerable: true },
  );
}
