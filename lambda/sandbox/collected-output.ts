/** What a run prints and logs: told to whoever listens, else kept for its result. */

import type { LogEntry, Readiness } from '../contract/execution.ts';
import type { RunObserver } from '../contract/observer.ts';
import type {
  LogMessage,
  LogsDroppedMessage,
  OutputMessage,
  RunLimits,
  StartedMessage,
} from '../contract/protocol.ts';
import { CappedBytes } from './capped-bytes.ts';

const noBytes = new Uint8Array();

export class CollectedOutput {
  readonly stdout: CappedBytes;
  readonly stderr: CappedBytes;
  /** Kept also where somebody listens: they go to the operator's log. */
  readonly logs: LogEntry[] = [];
  readonly #maxLogEntries: number;
  readonly #observer: RunObserver | null;
  logsDropped = false;

  constructor(limits: RunLimits, observer: RunObserver | null) {
    this.stdout = new CappedBytes(limits.maxOutputBytes);
    this.stderr = new CappedBytes(limits.maxOutputBytes);
    this.#maxLogEntries = limits.maxLogEntries;
    this.#observer = observer;
  }

  /** @returns whether the listener is ready for more */
  add(
    message: StartedMessage | OutputMessage | LogMessage | LogsDroppedMessage,
    body: Uint8Array,
  ): Readiness {
    switch (message.type) {
      case 'started':
        return this.#observer?.started(message.codeType) ?? null;
      case 'output': {
        const { stream, truncated } = message;
        this[stream].add(this.#observer === null ? body : noBytes, truncated);
        return this.#observer?.printed(stream, body) ?? null;
      }
      case 'log': {
        const { level, message: text, fields, timestamp } = message;
        if (this.logs.length >= this.#maxLogEntries) {
          this.logsDropped = true;
          return null;
        }
        const entry = { level, message: text, timestamp, fields };
        this.logs.push(entry);
        return this.#observer?.logged(entry) ?? null;
      }
      case 'logs-dropped':
        this.logsDropped = true;
        return null;
    }
  }
}
