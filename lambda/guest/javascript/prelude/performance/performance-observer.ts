/** `PerformanceObserver`: receives marks and measures after the script's current job. */

import { DOMException } from '../core/dom-exception.ts';
import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { defineInterface, requireKey } from '../core/webidl/interface.ts';
import { reportException } from '../events/event-target.ts';
import type { PerformanceEntry } from './performance-entry.ts';

const supported: readonly string[] = Object.freeze(['mark', 'measure']);

const internal = Symbol('PerformanceObserverEntryList');
/** Observers that observe some type of entry. */
const observers = new Set<PerformanceObserver>();
/** All entries so far, for observers that ask for buffered entries. */
let recorded: readonly PerformanceEntry[] = [];
let add: (observer: PerformanceObserver, entry: PerformanceEntry) => void;
let notify: (observer: PerformanceObserver) => void;
let notifying = false;

/** Queues a new entry for the observers of its type. */
export function observe(entry: PerformanceEntry, all: readonly PerformanceEntry[]): void {
  recorded = all;
  for (const observer of observers) add(observer, entry);
}

function schedule(): void {
  if (notifying) return;
  notifying = true;
  Promise.resolve().then(() => {
    notifying = false;
    for (const observer of observers) notify(observer);
  });
}

export class PerformanceObserverEntryList {
  readonly #entries: readonly PerformanceEntry[];

  constructor(key?: unknown, entries: readonly PerformanceEntry[] = []) {
    requireKey(key, internal);
    this.#entries = entries;
  }

  getEntries(): PerformanceEntry[] {
    return [...this.#entries];
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    const entries = this.#entries;
    const wanted = toDomString(type);
    return entries.filter((entry) => entry.entryType === wanted);
  }

  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    const entries = this.#entries;
    const wanted = toDomString(name);
    const only = type === undefined ? undefined : toDomString(type);
    return entries.filter(
      (entry) => entry.name === wanted && (only === undefined || entry.entryType === only),
    );
  }
}
defineInterface(PerformanceObserverEntryList, 'PerformanceObserverEntryList', {
  required: { getEntriesByType: ['type'], getEntriesByName: ['name'] },
});

export class PerformanceObserver {
  readonly #callback: (...args: unknown[]) => unknown;
  #types = new Set<string>();
  #mode: 'single' | 'multiple' | null = null;
  #queue: PerformanceEntry[] = [];

  static {
    add = (observer, entry) => {
      if (!observer.#types.has(entry.entryType)) return;
      observer.#queue.push(entry);
      schedule();
    };
    notify = (observer) => {
      const entries = observer.takeRecords();
      if (entries.length === 0) return;
      try {
        const list = new PerformanceObserverEntryList(internal, entries);
        Reflect.apply(observer.#callback, observer, [list, observer]);
      } catch (error) {
        reportException(error);
      }
    };
  }

  constructor(callback: unknown) {
    if (typeof callback !== 'function') {
      throw invalidArgument('callback', 'of type function', callback);
    }
    this.#callback = callback as (...args: unknown[]) => unknown;
  }

  static get supportedEntryTypes(): readonly string[] {
    return supported;
  }

  /** @see https://w3c.github.io/performance-timeline/#observe-method */
  observe(options?: unknown): void {
    const { entryTypes, type, buffered } = toDictionary(options, 'options');
    this.#mode ??= entryTypes === undefined ? 'single' : 'multiple';
    if (entryTypes === undefined && type === undefined) {
      throw new TypeError(
        'The "options.entryTypes" or the "options.type" argument must be specified',
      );
    }
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw new TypeError('The "options.entryTypes" argument must be the only one');
    }
    if (this.#mode !== (entryTypes === undefined ? 'single' : 'multiple')) {
      throw new DOMException(
        'The observer cannot change between type and entryTypes',
        'InvalidModificationError',
      );
    }
    if (entryTypes !== undefined) {
      const wanted = toSequence(entryTypes).map((entryType) => toDomString(entryType));
      const known = wanted.filter((name) => supported.includes(name));
      if (known.length === 0) return;
      this.#types = new Set(known);
    } else {
      const name = toDomString(type);
      if (!supported.includes(name)) return;
      this.#types.add(name);
      if (buffered) this.#replay(name);
    }
    observers.add(this);
  }

  disconnect(): void {
    this.#types.clear();
    this.#queue = [];
    this.#mode = null;
    observers.delete(this);
  }

  takeRecords(): PerformanceEntry[] {
    const entries = this.#queue;
    this.#queue = [];
    return entries.sort((first, second) => first.startTime - second.startTime);
  }

  #replay(type: string): void {
    this.#queue.push(...recorded.filter((entry) => entry.entryType === type));
    schedule();
  }
}
defineInterface(PerformanceObserver, 'PerformanceObserver', {
  required: { constructor: ['callback'] },
});

function toSequence(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
    throw invalidArgument('options.entryTypes', 'an instance of Array', value);
  }
  return [...(value as Iterable<unknown>)];
}
