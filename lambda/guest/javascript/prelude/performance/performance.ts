/** `performance`: the run's clock, with marks and measures. */

import { DOMException } from '../core/dom-exception.ts';
import type { Host, Prelude } from '../core/host.ts';
import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { defineInterface, defineReplaceable, requireKey } from '../core/webidl/interface.ts';
import { EventTarget } from '../events/event-target.ts';
import {
  internal,
  nowMs,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  setClock,
  toDetail,
} from './performance-entry.ts';
import {
  observe,
  PerformanceObserver,
  PerformanceObserverEntryList,
} from './performance-observer.ts';

export { nowMs };

let host: Host;

class Performance extends EventTarget {
  #entries: PerformanceEntry[] = [];

  constructor(key?: unknown) {
    requireKey(key, internal);
    super();
  }

  get timeOrigin(): number {
    this.#entries;
    return host.call('clock.origin') as number;
  }

  now(): number {
    this.#entries;
    return nowMs();
  }

  toJSON(): object {
    this.#entries;
    return { timeOrigin: this.timeOrigin };
  }

  mark(name: unknown, options?: unknown): PerformanceMark {
    const mark = new PerformanceMark(name, options);
    this.#add(mark);
    return mark;
  }

  /** @see https://w3c.github.io/user-timing/#measure-method */
  measure(name: unknown, startOrOptions?: unknown, endMark?: unknown): PerformanceMeasure {
    const text = toDomString(name);
    const options =
      typeof startOrOptions === 'object' && startOrOptions !== null
        ? toDictionary(startOrOptions, 'options')
        : null;
    const { start, end, duration, detail } = options ?? { start: startOrOptions };
    if (options !== null && (Object.keys(options).length > 0 || endMark !== undefined)) {
      const isUnclear = start !== undefined && end !== undefined && duration !== undefined;
      const isEmpty = start === undefined && end === undefined;
      if (endMark !== undefined || isUnclear || isEmpty) {
        throw new TypeError(
          'A measure needs a start or an end, and at most two of start, end, duration',
        );
      }
    }
    const length = duration === undefined ? undefined : Number(duration);
    const endTime =
      endMark !== undefined || end !== undefined
        ? this.#time(endMark ?? end)
        : start !== undefined && length !== undefined
          ? this.#time(start) + length
          : nowMs();
    const startTime =
      start !== undefined ? this.#time(start) : length !== undefined ? endTime - length : 0;
    const measure = new PerformanceMeasure(
      internal,
      text,
      startTime,
      endTime - startTime,
      toDetail(detail),
    );
    this.#add(measure);
    return measure;
  }

  clearMarks(name?: unknown): void {
    this.#clear('mark', name);
  }

  clearMeasures(name?: unknown): void {
    this.#clear('measure', name);
  }

  getEntries(): PerformanceEntry[] {
    return [...this.#entries];
  }

  getEntriesByName(name: unknown, type?: unknown): PerformanceEntry[] {
    const wanted = toDomString(name);
    const only = type === undefined ? undefined : toDomString(type);
    return this.#entries.filter(
      (entry) => entry.name === wanted && (only === undefined || entry.entryType === only),
    );
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    const wanted = toDomString(type);
    return this.#entries.filter((entry) => entry.entryType === wanted);
  }

  /** Sorted by start time, then by creation. */
  #add(entry: PerformanceEntry): void {
    const after = this.#entries.findLastIndex((other) => other.startTime <= entry.startTime);
    this.#entries.splice(after + 1, 0, entry);
    observe(entry, this.#entries);
  }

  #clear(type: string, name: unknown): void {
    const only = name === undefined ? undefined : toDomString(name);
    this.#entries = this.#entries.filter(
      (entry) => entry.entryType !== type || (only !== undefined && entry.name !== only),
    );
  }

  /** The time of a mark, by its name, or a time given as a number. */
  #time(mark: unknown): number {
    if (typeof mark === 'number') {
      if (mark < 0) throw new TypeError(`A time must not be negative: ${mark}`);
      return mark;
    }
    const name = toDomString(mark);
    const found = this.#entries.findLast(
      (entry) => entry instanceof PerformanceMark && entry.name === name,
    );
    if (found === undefined) {
      throw new DOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
    }
    return found.startTime;
  }
}
defineInterface(Performance, 'Performance', {
  required: {
    mark: ['name'],
    measure: ['name'],
    getEntriesByName: ['name'],
    getEntriesByType: ['type'],
  },
});

export function installPerformance(prelude: Prelude): void {
  host = prelude.host;
  setClock(host);
  prelude.define({
    Performance,
    PerformanceEntry,
    PerformanceMark,
    PerformanceMeasure,
    PerformanceObserver,
    PerformanceObserverEntryList,
  });
  defineReplaceable(prelude, 'performance', new Performance(internal));
}
