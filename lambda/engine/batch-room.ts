/**
 * What the runs of a batch may leave, all together: the caps of one run. Each gets what those that ended
 * before it have left, and what does not fit is dropped at once: a thousand results are never held.
 */

import { type ErrorReport, errorName } from '../contract/errors.ts';
import type { Execution, ItemExecution, LogEntry, OutputFile } from '../contract/execution.ts';
import type { RunLimits } from '../contract/protocol.ts';
import { wholeLength } from '../contract/whole-characters.ts';

type Caps = Pick<RunLimits, 'maxOutputBytes' | 'maxLogEntries' | 'maxResultBytes'>;

/** What any error keeps, in UTF-16 units, however little room is left. */
const MIN_MESSAGE_LENGTH = 200;
const MAX_NAME_LENGTH = 64;
/** A log entry or a file without its texts. */
const ENTRY_BYTES = 64;

export class BatchRoom {
  readonly #maxResultBytes: number;
  #resultBytes: number;
  #stdoutBytes: number;
  #stderrBytes: number;
  #logEntries: number;
  #logBytes: number;
  #fileBytes: number;
  #errorBytes: number;

  constructor({ maxOutputBytes, maxLogEntries, maxResultBytes }: Caps) {
    this.#maxResultBytes = maxResultBytes;
    this.#resultBytes = maxResultBytes;
    this.#stdoutBytes = maxOutputBytes;
    this.#stderrBytes = maxOutputBytes;
    this.#logEntries = maxLogEntries;
    this.#logBytes = maxOutputBytes;
    this.#fileBytes = maxOutputBytes;
    this.#errorBytes = maxOutputBytes;
  }

  /**
   * An execution as it stands among the others.
   * @param outputs paths of the files that it is to have
   */
  take(execution: Execution, outputs: readonly string[]): ItemExecution {
    const { executionTimeMs, cpuTimeMs, memoryPeakBytes, fetch, truncated } = execution.metadata;
    const { resultJson, error: resultError } = this.#takeResult(execution);
    const stdout = cutBytes(execution.stdout, this.#stdoutBytes);
    this.#stdoutBytes -= Buffer.byteLength(stdout);
    const stderr = cutBytes(execution.stderr, this.#stderrBytes);
    this.#stderrBytes -= Buffer.byteLength(stderr);
    const logs = this.#takeLogs(execution.logs);
    const files = outputs.length === 0 ? null : this.#takeFiles(execution.files, outputs);
    const error = resultError && this.#takeError(resultError);
    return {
      resultJson,
      stdout,
      stderr,
      logs,
      files: files?.kept ?? null,
      error,
      executionTimeMs,
      cpuTimeMs,
      memoryPeakBytes,
      fetch,
      truncated: {
        stdout: truncated.stdout || stdout.length < execution.stdout.length,
        stderr: truncated.stderr || stderr.length < execution.stderr.length,
        logs: truncated.logs || logs.length < execution.logs.length,
        files: truncated.files || (files?.cut ?? false),
        error: truncated.error || error !== resultError,
      },
    };
  }

  #takeResult({ resultJson, error }: Execution): Pick<Execution, 'resultJson' | 'error'> {
    if (error !== null) return { resultJson: 'null', error };
    const bytes = Buffer.byteLength(resultJson);
    if (bytes > this.#resultBytes) return { resultJson: 'null', error: this.#resultError(bytes) };
    this.#resultBytes -= bytes;
    return { resultJson, error };
  }

  #resultError(bytes: number): ErrorReport {
    return {
      code: 'RESULT_TOO_LARGE',
      name: errorName('RESULT_TOO_LARGE'),
      message: `The results of all inputs together may have ${this.#maxResultBytes} bytes of JSON (ENGINE_MAX_RESULT_BYTES); this one has ${bytes}, and ${this.#resultBytes} were left for it`,
      stack: null,
      details: null,
    };
  }

  #takeLogs(entries: readonly LogEntry[]): readonly LogEntry[] {
    let count = 0;
    for (const { message, fields } of entries) {
      const bytes =
        ENTRY_BYTES + Buffer.byteLength(message) + (fields === null ? 0 : jsonBytes(fields));
      if (this.#logEntries === 0 || bytes > this.#logBytes) break;
      this.#logEntries -= 1;
      this.#logBytes -= bytes;
      count += 1;
    }
    return count === entries.length ? entries : entries.slice(0, count);
  }

  #takeFiles(files: readonly OutputFile[], outputs: readonly string[]) {
    const wanted = files.filter(({ path }) => outputs.includes(path));
    const kept: OutputFile[] = [];
    for (const file of wanted) {
      const { path, size, content } = file;
      const bytes = ENTRY_BYTES + Buffer.byteLength(path);
      const contentBytes = content === undefined ? 0 : jsonBytes(content);
      if (bytes > this.#fileBytes) break;
      const fits = bytes + contentBytes <= this.#fileBytes;
      this.#fileBytes -= fits ? bytes + contentBytes : bytes;
      kept.push(fits ? file : { path, size });
    }
    return {
      kept,
      cut: kept.some((file, index) => file !== wanted[index]) || kept.length < wanted.length,
    };
  }

  /** @returns the same error where it fits */
  #takeError(error: ErrorReport): ErrorReport {
    const bytes =
      Buffer.byteLength(error.name) +
      Buffer.byteLength(error.message) +
      Buffer.byteLength(error.stack ?? '') +
      jsonBytes(error.details);
    if (bytes <= this.#errorBytes) {
      this.#errorBytes -= bytes;
      return error;
    }
    const { code } = error;
    const name = copyOf(error.name.slice(0, MAX_NAME_LENGTH));
    const message = copyOf(error.message.slice(0, MIN_MESSAGE_LENGTH));
    return { code, name, message, stack: null, details: null };
  }
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The beginning of a text that has no more than that many bytes of UTF-8. */
function cutBytes(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes)).subarray(0, maxBytes);
  return bytes.toString('utf8', 0, wholeLength(bytes));
}

/** V8 keeps the whole of a text for as long as a piece of it is there. */
function copyOf(piece: string): string {
  return Buffer.from(piece).toString();
}
