/** The entries that `performance` records: marks and measures. */

import { structuredClone } from '../core/clone.ts';
import type { Host } from '../core/host.ts';
import { defineInspection } from '../core/inspection.ts';
import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { defineInterface, requireKey } from '../core/webidl/interface.ts';

export const internal = Symbol('PerformanceEntry');
let host: Host;

export function setClock(given: Host): void {
  host = given;
}

/** Milliseconds since the run began. */
export function nowMs(): number {
  return host.call('clock.now') as number;
}

export class PerformanceEntry {
  readonly #name: string;
  readonly #type: string;
  readonly #start: number;
  readonly #duration: number;

  constructor(key?: unknown, name = '', type = '', start = 0, duration = 0) {
    requireKey(key, internal);
    this.#name = name;
    this.#type = type;
    this.#start = start;
    this.#duration = duration;
  }

  get name(): string {
    return this.#name;
  }
  get entryType(): string {
    return this.#type;
  }
  get startTime(): number {
    return this.#start;
  }
  get duration(): number {
    return this.#duration;
  }
  toJSON(): object {
    return {
      name: this.#name,
      entryType: this.#type,
      startTime: this.#start,
      duration: this.#duration,
    };
  }
}
defineInterface(PerformanceEntry, 'PerformanceEntry');
defineInspection(PerformanceEntry, (entry) => entry.toJSON(), { ownName: true });

export class PerformanceMark extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(...args: [name?: unknown, options?: unknown]) {
    if (args.length === 0) throw new TypeError('The "name" argument must be specified');
    const { startTime, detail } = toDictionary(args[1], 'options');
    const start = startTime === undefined ? nowMs() : Number(startTime);
    if (!Number.isFinite(start)) throw new TypeError('The "startTime" must be a finite number');
    if (start < 0) throw new TypeError(`The "startTime" must not be negative: ${start}`);
    super(internal, toDomString(args[0]), 'mark', start, 0);
    this.#detail = toDetail(detail);
  }

  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
defineInterface(PerformanceMark, 'PerformanceMark', { required: { constructor: ['name'] } });

export class PerformanceMeasure extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(key?: unknown, name = '', start = 0, duration = 0, detail: unknown = null) {
    super(key, name, 'measure', start, duration);
    this.#detail = detail;
  }

  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): object {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
defineInterface(PerformanceMeasure, 'PerformanceMeasure');

/** Copies the `detail` of a mark or a measure. */
export function toDetail(detail: unknown): unknown {
  return detail === undefined || detail === null ? null : structuredClone(detail);
}
