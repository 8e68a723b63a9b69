/** Script log entries on their way to CloudWatch, in the batches that PutLogEvents takes. */

import type { LogEntry } from '../contract/execution.ts';
import { MAX_RECORD_BYTES, type ScriptLogOrigin, scriptRecord } from './script-log.ts';

export interface LogEvent {
  /** JSON. */
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** What the event counts towards the limit of a batch. */
  readonly bytes: number;
}

/**
 * Limits of PutLogEvents: each event counts its text and 26 bytes more. The other limit, 10,000
 * events, is out of reach, as the JSON of each has more than 100 bytes.
 */
const MAX_BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const MAX_BATCH_SPAN_MS = 24 * 60 * 60 * 1000;
/** What may wait while CloudWatch does not answer; beyond this, the oldest entries are dropped. */
const MAX_WAITING_BYTES = 4 * MAX_BATCH_BYTES;

export class EventQueue {
  #events: LogEvent[] = [];
  #bytes = 0;
  #dropped = 0;
  #lastTimestamp = 0;

  /**
   * Events have the host's time, and none is before the last one: CloudWatch wants batches in order
   * and rejects times far off, and a guest influences the time of its entries.
   */
  add(entry: LogEntry, origin: ScriptLogOrigin): void {
    this.#lastTimestamp = Math.max(this.#lastTimestamp, Date.now());
    const message = JSON.stringify(scriptRecord(entry, origin, MAX_RECORD_BYTES));
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    this.#events.push({ message, timestamp: this.#lastTimestamp, bytes });
    this.#bytes += bytes;
    this.#dropOverflow();
  }

  /** Takes the next batch out; empty where nothing waits. */
  take(): readonly LogEvent[] {
    const first = this.#events[0]?.timestamp ?? 0;
    let bytes = 0;
    let count = 0;
    for (const event of this.#events) {
      if (bytes + event.bytes > MAX_BATCH_BYTES) break;
      if (event.timestamp - first >= MAX_BATCH_SPAN_MS) break;
      bytes += event.bytes;
      count++;
    }
    this.#bytes -= bytes;
    return this.#events.splice(0, count);
  }

  /** Returns a batch that was not sent to the front. */
  putBack(batch: readonly LogEvent[]): void {
    this.#events = [...batch, ...this.#events];
    this.#bytes += batch.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#dropOverflow();
  }

  countDropped(count: number): void {
    this.#dropped += count;
  }

  /** Entries lost since the last call. */
  takeDropped(): number {
    const count = this.#dropped;
    this.#dropped = 0;
    return count;
  }

  #dropOverflow(): void {
    let count = 0;
    while (this.#bytes > MAX_WAITING_BYTES) this.#bytes -= this.#events[count++]?.bytes ?? 0;
    this.#events.splice(0, count);
    this.#dropped += count;
  }
}
