/**
 * Many inputs: a run for each, in all sandboxes at once. No more of them are ordered than keep those busy,
 * so that other requests get their turn between them.
 */

import type { ImportedModule, LoadedSourceMap } from '../contract/calls.ts';
import { errorName } from '../contract/errors.ts';
import type {
  Execution,
  ExecutionMetadata,
  ExecutionObserver,
  ItemExecution,
} from '../contract/execution.ts';
import { batchError } from '../contract/failed-execution.ts';
import type { FetchSession } from '../egress/session.ts';
import type { Job, PoolBatch } from '../sandbox/pool.ts';
import type { RunServices } from '../sandbox/run.ts';
import { BatchRoom } from './batch-room.ts';
import { BatchTotals } from './batch-totals.ts';
import { report, type SessionCounts } from './report.ts';
import { runServices } from './run-services.ts';

export interface BatchProgress {
  readonly requestId: string;
  readonly inputs: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface BatchOptions {
  /** JSON texts. */
  readonly inputs: readonly string[];
  readonly runs: PoolBatch;
  /** What the runs have in common. */
  readonly job: Job;
  /** When all of them must have ended, on the clock of `performance.now()`. */
  readonly deadlineMs: number;
  /** Of the code. */
  readonly metadata: ExecutionMetadata;
  /** Opens the outbound requests of one run. */
  readonly openSession: () => FetchSession;
  /** Once it is aborted, no run begins. */
  readonly abandoned: AbortSignal | null;
  /** Hears of each item when it has ended. */
  readonly observer: ExecutionObserver | null;
  readonly onProgress: ((progress: BatchProgress) => void) | null;
}

/** A run with less time than this could do nothing with it. */
const MIN_RUN_MS = 10;
const PROGRESS_INTERVAL_MS = 1000;
/** Modules and source maps that are kept for other runs. */
const MAX_SHARED_BYTES = 32 * 1024 * 1024;

/** @returns an execution whose `items` are in the order of the inputs */
export async function runBatch(options: BatchOptions): Promise<Execution> {
  const { inputs, runs, job, metadata, observer, onProgress } = options;
  const items: ItemExecution[] = Array(inputs.length).fill(notRun(job.outputs.length > 0));
  const totals = new BatchTotals(metadata);
  let progressAtMs = performance.now() + PROGRESS_INTERVAL_MS;
  await runItems(options, totals, (index, item) => {
    items[index] = item;
    // However slow the listener is: all items are kept for the end, within a bound.
    observer?.tell({ event: 'item', data: { index, ...item } });
    if (onProgress === null || performance.now() < progressAtMs) return;
    progressAtMs = performance.now() + PROGRESS_INTERVAL_MS;
    const { succeeded, failed } = totals;
    onProgress({ requestId: metadata.requestId, inputs: inputs.length, succeeded, failed });
  }).finally(() => runs.close());
  return {
    resultJson: 'null',
    stdout: '',
    stderr: '',
    logs: [],
    files: [],
    error: batchError(items),
    metadata: totals.metadata(),
    fetchesRefused: totals.fetchesRefused,
    items,
  };
}

/**
 * Runs all inputs that there is time for.
 * @param onItem called for each as its run ends, in any order
 */
async function runItems(
  options: BatchOptions,
  totals: BatchTotals,
  onItem: (index: number, item: ItemExecution) => void,
): Promise<void> {
  const { inputs, runs, job, deadlineMs, metadata, abandoned } = options;
  const room = new BatchRoom(job.limits);
  const loads = new SharedLoads();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const defects: unknown[] = [];
  let next = 0;
  let underWay = 0;

  async function runItem(index: number, inputJson: string): Promise<void> {
    const host = new LateServices(options, loads);
    try {
      const result = await runs.run(inputJson, () => host.services());
      if (result === null) return;
      const execution = report(result, metadata, job.outputs, host.counts, host.refused);
      const item = room.take(execution, job.outputs);
      totals.add(execution, item);
      onItem(index, item);
    } finally {
      host.close();
    }
  }

  function runNext(): void {
    while (next < inputs.length && underWay < runs.width) {
      const isOver = abandoned?.aborted || deadlineMs - performance.now() < MIN_RUN_MS;
      const inputJson = inputs[next];
      if (isOver || inputJson === undefined) next = inputs.length;
      else start(inputJson);
    }
    if (underWay === 0) resolve();
  }

  function start(inputJson: string): void {
    const item = runItem(next, inputJson).catch((defect) => {
      defects.push(defect);
      next = inputs.length;
    });
    next += 1;
    underWay += 1;
    void item.then(() => {
      underWay -= 1;
      runNext();
    });
  }

  runNext();
  await ended;
  if (defects.length > 0) throw defects[0];
}

/** Of a run that has asked nothing. */
const nothingCounted: SessionCounts = {
  counts: { requests: 0, bytesSent: 0, bytesReceived: 0 },
  importCounts: { requests: 0, bytesReceived: 0, timeMs: 0 },
};

/** What the host does for one run, made when the run first asks for it: most of them never do. */
class LateServices {
  readonly #options: BatchOptions;
  readonly #loads: SharedLoads;
  #session: FetchSession | null = null;
  #services: RunServices | null = null;
  /** Requests that policy or quota rejected. */
  refused = 0;

  constructor(options: BatchOptions, loads: SharedLoads) {
    this.#options = options;
    this.#loads = loads;
  }

  get counts(): SessionCounts {
    return this.#session ?? nothingCounted;
  }

  services(): RunServices {
    if (this.#services !== null) return this.#services;
    const { deadlineMs, openSession } = this.#options;
    this.#session = openSession();
    const services = runServices(
      this.#session,
      () => deadlineMs - performance.now(),
      () => {
        this.refused += 1;
      },
    );
    this.#services = this.#loads.answerFor(services);
    return this.#services;
  }

  close(): void {
    this.#session?.close();
  }
}

/**
 * What all runs of a batch load alike, downloaded once: modules that the code names as literals, and the
 * source maps that failed runs show places of. A map that cannot be had is not asked for again, as each
 * run would wait for it.
 */
class SharedLoads {
  readonly #modules = new Map<string, ImportedModule>();
  /** `null`: the run that loads it has ended before. */
  readonly #sourceMaps = new Map<string, Promise<LoadedSourceMap | null>>();
  #bytes = 0;

  answerFor(services: RunServices): RunServices {
    return {
      ...services,
      import: async (request, body, signal) => {
        if (request.computed) return await services.import(request, body, signal);
        const known = this.#modules.get(request.url);
        if (known !== undefined) return known;
        const module = await services.import(request, body, signal);
        if (module.ok && this.#hasRoom(module.bytes)) this.#modules.set(request.url, module);
        return module;
      },
      sourceMap: async (request, body, signal) => {
        const { url } = request;
        for (;;) {
          const known = this.#sourceMaps.get(url);
          if (known === undefined) break;
          const map = await known;
          // One that ended with the run that had asked for it says nothing to the others.
          if (map !== null) return map;
        }
        const loading = services.sourceMap(request, body, signal).then((map) => {
          const isKept = map.ok ? this.#hasRoom(map.body.length) : !signal.aborted;
          if (!isKept) this.#sourceMaps.delete(url);
          return map.ok || !signal.aborted ? map : null;
        });
        this.#sourceMaps.set(url, loading);
        return (await loading) ?? { ok: false };
      },
    };
  }

  /** Takes the room, too. */
  #hasRoom(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= MAX_SHARED_BYTES;
  }
}

function notRun(isAsked: boolean): ItemExecution {
  return {
    resultJson: 'null',
    stdout: '',
    stderr: '',
    logs: [],
    files: isAsked ? [] : null,
    error: {
      code: 'NOT_RUN',
      name: errorName('NOT_RUN'),
      message: 'The invocation had no time left to run this input',
      stack: null,
      details: null,
    },
    executionTimeMs: null,
    cpuTimeMs: null,
    memoryPeakBytes: null,
    fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
    truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
  };
}
