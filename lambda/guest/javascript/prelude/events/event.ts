/** `Event`, `CustomEvent`, `ErrorEvent` and `PromiseRejectionEvent`. */

import type { Prelude } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { requireArguments } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';

/** The state of an event while it is dispatched. Scripts read it through accessors only. */
interface EventState {
  readonly target: object | null;
  readonly currentTarget: object | null;
  readonly phase: number;
  readonly dispatching: boolean;
  readonly stopped: boolean;
  readonly stoppedImmediately: boolean;
  readonly passive: boolean;
  readonly trusted: boolean;
}

export const eventPhases = {
  NONE: 0,
  CAPTURING_PHASE: 1,
  AT_TARGET: 2,
  BUBBLING_PHASE: 3,
} as const;

let readState: (event: Event) => EventState;
let writeState: (event: Event, change: Partial<EventState>) => void;
let isEventObject: (value: unknown) => boolean;
let nowMs = (): number => 0;

export class Event {
  #type: string;
  #bubbles: boolean;
  #cancelable: boolean;
  readonly #composed: boolean;
  readonly #timeStamp = nowMs();
  #canceled = false;
  #state: EventState = {
    target: null,
    currentTarget: null,
    phase: eventPhases.NONE,
    dispatching: false,
    stopped: false,
    stoppedImmediately: false,
    passive: false,
    trusted: false,
  };

  static {
    readState = (event) => event.#state;
    writeState = (event, change) => {
      event.#state = { ...event.#state, ...change };
    };
    isEventObject = (value) => typeof value === 'object' && value !== null && #type in value;
  }

  constructor(...args: [type?: unknown, options?: unknown]) {
    requireArguments(args, ['type']);
    const [type, options] = args;
    const init = toDictionary(options, 'options');
    this.#type = toDomString(type);
    this.#bubbles = Boolean(init.bubbles);
    this.#cancelable = Boolean(init.cancelable);
    this.#composed = Boolean(init.composed);
    Object.defineProperty(this, 'isTrusted', trustedAccessor);
  }

  get type(): string {
    return this.#type;
  }
  get target(): object | null {
    return this.#state.target;
  }
  get srcElement(): object | null {
    return this.#state.target;
  }
  get currentTarget(): object | null {
    return this.#state.currentTarget;
  }
  composedPath(): object[] {
    const { currentTarget } = this.#state;
    return currentTarget === null ? [] : [currentTarget];
  }
  get eventPhase(): number {
    return this.#state.phase;
  }
  stopPropagation(): void {
    writeState(this, { stopped: true });
  }
  get cancelBubble(): boolean {
    return this.#state.stopped;
  }
  set cancelBubble(value: unknown) {
    if (value) writeState(this, { stopped: true });
    else this.#type;
  }
  stopImmediatePropagation(): void {
    writeState(this, { stopped: true, stoppedImmediately: true });
  }
  get bubbles(): boolean {
    return this.#bubbles;
  }
  get cancelable(): boolean {
    return this.#cancelable;
  }
  get returnValue(): boolean {
    return !this.#canceled;
  }
  set returnValue(value: unknown) {
    if (!value) this.preventDefault();
    else this.#type;
  }
  preventDefault(): void {
    if (this.#cancelable && !this.#state.passive) this.#canceled = true;
  }
  get defaultPrevented(): boolean {
    return this.#canceled;
  }
  get composed(): boolean {
    return this.#composed;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }
  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    const name = toDomString(type);
    if (this.#state.dispatching) return;
    writeState(this, { stopped: false, stoppedImmediately: false, trusted: false, target: null });
    this.#canceled = false;
    this.#type = name;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
  }
}
defineInterface(Event, 'Event', {
  constants: eventPhases,
  required: { constructor: ['type'], initEvent: ['type'] },
});

/** `[LegacyUnforgeable]`: one getter, an own property of every event. */
const trustedAccessor = {
  ...Object.getOwnPropertyDescriptor(
    {
      get isTrusted(): boolean {
        return readState(this as unknown as Event).trusted;
      },
    },
    'isTrusted',
  ),
  enumerable: true,
  configurable: false,
};

class CustomEvent extends Event {
  #detail: unknown;

  constructor(...args: [type?: unknown, options?: unknown]) {
    super(...args);
    const [, options] = args;
    this.#detail = toDictionary(options, 'options').detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }
  initCustomEvent(
    type: unknown,
    bubbles?: unknown,
    cancelable?: unknown,
    detail: unknown = null,
  ): void {
    if (readState(this).dispatching) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}
defineInterface(CustomEvent, 'CustomEvent', {
  required: { constructor: ['type'], initCustomEvent: ['type'] },
});

export class ErrorEvent extends Event {
  readonly #message: string;
  readonly #filename: string;
  readonly #line: number;
  readonly #column: number;
  readonly #error: unknown;

  constructor(...args: [type?: unknown, options?: unknown]) {
    super(...args);
    const [, options] = args;
    const init = toDictionary(options, 'options');
    this.#column = Number(init.colno ?? 0) >>> 0;
    this.#error = init.error;
    this.#filename = init.filename === undefined ? '' : toDomString(init.filename).toWellFormed();
    this.#line = Number(init.lineno ?? 0) >>> 0;
    this.#message = init.message === undefined ? '' : toDomString(init.message);
  }

  get message(): string {
    return this.#message;
  }
  get filename(): string {
    return this.#filename;
  }
  get lineno(): number {
    return this.#line;
  }
  get colno(): number {
    return this.#column;
  }
  get error(): unknown {
    return this.#error;
  }
}
defineInterface(ErrorEvent, 'ErrorEvent', { required: { constructor: ['type'] } });

export class PromiseRejectionEvent extends Event {
  readonly #promise: object;
  readonly #reason: unknown;

  constructor(...args: [type?: unknown, options?: unknown]) {
    requireArguments(args, ['type', 'eventInitDict']);
    super(...args);
    const [, options] = args;
    const init = toDictionary(options, 'eventInitDict');
    const promise = init.promise;
    if (typeof promise !== 'object' || promise === null) {
      throw new TypeError('The "eventInitDict.promise" property must be an object.');
    }
    this.#promise = promise;
    this.#reason = init.reason;
  }

  get promise(): object {
    return this.#promise;
  }
  get reason(): unknown {
    return this.#reason;
  }
}
defineInterface(PromiseRejectionEvent, 'PromiseRejectionEvent', {
  required: { constructor: ['type', 'eventInitDict'] },
});

/** Whether `Event` made the value; its prototype does not count. */
export function isEvent(value: unknown): value is Event {
  return isEventObject(value);
}

export function eventState(event: Event): EventState {
  return readState(event);
}

export function changeEvent(event: Event, change: Partial<EventState>): void {
  writeState(event, change);
}

/** @param now milliseconds since the run began, for `timeStamp` */
export function installEvents({ define }: Prelude, now: () => number): void {
  nowMs = now;
  defineInspection(
    Event,
    ({ type, defaultPrevented, cancelable, timeStamp }) => ({
      type,
      defaultPrevented,
      cancelable,
      timeStamp,
    }),
    { ownName: true, tooDeep: (name) => name },
  );
  define({ Event, CustomEvent, ErrorEvent, PromiseRejectionEvent });
}
