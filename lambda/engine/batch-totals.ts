/** What the runs of a batch have come to together. */

import type { Execution, ExecutionMetadata, ItemExecution } from '../contract/execution.ts';
import { type FoundLanguage, foundLanguage, rounded } from './report.ts';

export class BatchTotals {
  readonly #startMs = performance.now();
  readonly #code: ExecutionMetadata;
  readonly #missing = new Set<string>();
  /** The code may have turned out to be of another language. */
  #language: FoundLanguage;
  #cpuTimeMs: number | null = null;
  #memoryPeakBytes: number | null = null;
  readonly #fetch = { requests: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #imports = { requests: 0, bytesReceived: 0, timeMs: 0 };
  readonly #truncated = { stdout: false, stderr: false, logs: false, files: false, error: false };
  succeeded = 0;
  failed = 0;
  fetchesRefused = 0;

  /** @param code what is known of the code */
  constructor(code: ExecutionMetadata) {
    this.#code = code;
    this.#language = foundLanguage(code, null);
  }

  /** @param item what is left of the execution */
  add({ metadata, fetchesRefused }: Execution, { error, truncated }: ItemExecution): void {
    const { cpuTimeMs, memoryPeakBytes, fetch, imports } = metadata;
    if (error === null) this.succeeded += 1;
    else this.failed += 1;
    this.fetchesRefused += fetchesRefused;
    if (cpuTimeMs !== null) this.#cpuTimeMs = (this.#cpuTimeMs ?? 0) + cpuTimeMs;
    if (memoryPeakBytes !== null) {
      this.#memoryPeakBytes = Math.max(this.#memoryPeakBytes ?? 0, memoryPeakBytes);
    }
    const found = foundLanguage(this.#code, metadata.codeType);
    if (found.codeType !== this.#code.codeType) this.#language = found;
    for (const name of ['requests', 'bytesSent', 'bytesReceived'] as const) {
      this.#fetch[name] += fetch[name];
    }
    for (const name of ['requests', 'bytesReceived', 'timeMs'] as const) {
      this.#imports[name] += imports[name];
    }
    for (const path of metadata.missingOutputs) this.#missing.add(path);
    for (const name of ['stdout', 'stderr', 'logs', 'files', 'error'] as const) {
      this.#truncated[name] ||= truncated[name];
    }
  }

  /** Metadata of all of them: sums, the largest memory, and the time from the first to the last. */
  metadata(): ExecutionMetadata {
    const cpuTimeMs = this.#cpuTimeMs;
    return {
      ...this.#code,
      ...this.#language,
      executionTimeMs: rounded(performance.now() - this.#startMs),
      cpuTimeMs: cpuTimeMs === null ? null : rounded(cpuTimeMs),
      memoryPeakBytes: this.#memoryPeakBytes,
      fetch: this.#fetch,
      imports: { ...this.#imports, timeMs: rounded(this.#imports.timeMs) },
      missingOutputs: [...this.#missing],
      truncated: this.#truncated,
    };
  }
}
