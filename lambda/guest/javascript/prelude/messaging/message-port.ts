/**
 * `MessageChannel` and `MessagePort`. Both ends are in the same run: a message is a clone, which a task of
 * the event loop delivers.
 * @see https://html.spec.whatwg.org/#message-channels
 */

import { addCloneable, addTransferable, cloneMessage } from '../core/clone.ts';
import { DOMException } from '../core/dom-exception.ts';
import { toDictionary } from '../core/webidl/conversion.ts';
import { withCode } from '../core/webidl/errors.ts';
import { defineInterface, requireKey } from '../core/webidl/interface.ts';
import { Event } from '../events/event.ts';
import { defineEventHandler, EventTarget, fire } from '../events/event-target.ts';
import { MessageEvent } from './message-event.ts';

/** Runs a task of the event loop, for which the run waits. */
type Task = (callback: () => void) => void;

interface Message {
  readonly data: unknown;
  readonly ports: readonly unknown[];
}

interface PortState {
  /** The other end; null where the channel is closed, or the port has been transferred. */
  other: MessagePort | null;
  queue: Message[];
  isStarted: boolean;
}

const internal = Symbol('MessagePort');
const states = new WeakMap<object, PortState>();
let runTask: Task = () => {};

function stateOf(port: unknown): PortState {
  const state = states.get(port as object);
  if (state === undefined) throw withCode(new TypeError('Illegal invocation'), 'ERR_INVALID_THIS');
  return state;
}

export class MessagePort extends EventTarget {
  constructor(key?: unknown) {
    requireKey(key, internal);
    super();
    states.set(this, { other: null, queue: [], isStarted: false });
  }

  postMessage(message: unknown, options: unknown = []): void {
    const { other } = stateOf(this);
    const transfer = transferOf(options);
    if (transfer.includes(this)) {
      throw new DOMException('Transfer list contains source port', 'DataCloneError');
    }
    const { copy, received } = cloneMessage(message, transfer);
    if (other === null) return;
    const state = stateOf(other);
    // It has been closed, and this end does not know yet.
    if (state.other === null) return;
    state.queue.push({ data: copy, ports: received.filter(isPort) });
    if (state.isStarted) runTask(() => deliver(other));
  }

  start(): void {
    const state = stateOf(this);
    if (state.isStarted) return;
    state.isStarted = true;
    for (let i = 0; i < state.queue.length; i++) runTask(() => deliver(this));
  }

  /** Messages that are under way to the other end arrive. */
  close(): void {
    const state = stateOf(this);
    const { other } = state;
    state.queue = [];
    if (other === null) return;
    state.other = null;
    runTask(() => {
      stateOf(other).other = null;
      fire(other, new Event('close'));
      fire(this, new Event('close'));
    });
  }

  // As in Node.js. A port does not keep a run alive: only a message that is under way does.
  ref(): void {
    stateOf(this);
  }
  unref(): void {
    stateOf(this);
  }
  hasRef(): boolean {
    stateOf(this);
    return false;
  }

  /** In Node.js a listener starts the port, in browsers only `onmessage` and `start` do. */
  override addEventListener(type: unknown, ...rest: [callback?: unknown, options?: unknown]): void {
    super.addEventListener(type, ...rest);
    if (type === 'message') this.start();
  }
}
for (const type of ['messageerror', 'close']) defineEventHandler(MessagePort.prototype, type);
defineStartingHandler(MessagePort.prototype);
defineInterface(MessagePort, 'MessagePort', { required: { postMessage: ['message'] } });

/** `onmessage`, which starts the port. */
function defineStartingHandler(prototype: MessagePort): void {
  defineEventHandler(prototype, 'message');
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'onmessage');
  const starting = Object.getOwnPropertyDescriptor(
    {
      set onmessage(value: unknown) {
        descriptor?.set?.call(this, value);
        (this as unknown as MessagePort).start();
      },
    },
    'onmessage',
  );
  if (starting?.set === undefined) return;
  Object.defineProperty(prototype, 'onmessage', { ...descriptor, set: starting.set });
}

function isPort(value: unknown): value is MessagePort {
  return typeof value === 'object' && value !== null && states.has(value);
}

/** The list that a caller may also give as an option. */
function transferOf(options: unknown): unknown[] {
  const isList = typeof options === 'object' && options !== null && Symbol.iterator in options;
  const list = isList ? options : toDictionary(options, 'options').transfer;
  if (list === undefined) return [];
  if (typeof list !== 'object' || list === null || !(Symbol.iterator in list)) {
    throw new TypeError('The "options.transfer" property must be iterable.');
  }
  return [...(list as Iterable<unknown>)];
}

function deliver(port: MessagePort): void {
  const message = stateOf(port).queue.shift();
  // Nothing is left where the port was closed or transferred meanwhile.
  if (message !== undefined) fire(port, new MessageEvent('message', { ...message }));
}

/** Makes two ports the ends of one channel. */
function entangle(one: MessagePort, other: MessagePort): void {
  stateOf(one).other = other;
  stateOf(other).other = one;
}

class MessageChannel {
  readonly #port1 = new MessagePort(internal);
  readonly #port2 = new MessagePort(internal);

  constructor() {
    entangle(this.#port1, this.#port2);
  }

  get port1(): MessagePort {
    return this.#port1;
  }
  get port2(): MessagePort {
    return this.#port2;
  }
}
defineInterface(MessageChannel, 'MessageChannel');

/** @param task runs a task of the event loop */
export function installMessagePort(
  define: (names: Record<string, unknown>) => void,
  task: Task,
): void {
  runTask = task;
  addTransferable({
    is: isPort,
    receiver: () => new MessagePort(internal),
    move(from, to) {
      const state = stateOf(from);
      const moved = stateOf(to);
      moved.queue = state.queue;
      state.queue = [];
      if (state.other !== null) entangle(to as MessagePort, state.other);
      state.other = null;
    },
  });
  addCloneable((value) => {
    if (!isPort(value)) return undefined;
    throw new DOMException(
      'Object that needs transfer was found in message but not listed in transferList',
      'DataCloneError',
    );
  });
  define({ MessageChannel, MessagePort, MessageEvent });
}
