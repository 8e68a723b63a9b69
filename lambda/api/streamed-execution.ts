/** `POST /execute` as a stream: events while the code runs, then what the JSON answer would have. */

import type { Readable } from 'node:stream';
import type { ErrorReport } from '../contract/errors.ts';
import type { Execution, ExecutionObserver, ExecutionStart } from '../contract/execution.ts';
import { emptyMetadata, failedExecution } from '../contract/failed-execution.ts';
import type { StreamFormat } from './accept.ts';
import { EventStream } from './event-stream.ts';
import { streamedBody } from './response.ts';

/** @param execution `null` where the reader has gone before the end. @param bytes sent until then */
type Recorder = (execution: Execution | null, bytes: number) => void;

export interface StreamedExecution {
  readonly kind: 'stream';
  readonly format: StreamFormat;
  /** Never fails; whoever destroys it ends the execution. */
  readonly body: Readable;
  /** Has the end recorded before the last event leaves, which waits for this to be called. */
  onEnd(record: Recorder): void;
}

export interface StreamRequest {
  readonly format: StreamFormat;
  /** Of all events but the last. */
  readonly maxBytes: number;
  /** Whatever the engine does, the last event leaves by then. */
  readonly timeLeftMs: number;
  /** Aborted when the caller has gone, where that can be known before the answer begins. */
  readonly abandoned: AbortSignal | null;
  execute(observer: ExecutionObserver, abandoned: AbortSignal): Promise<Execution>;
  /** What the caller gets to know of what `execute` throws, or of a time that is over. */
  reportOf(failure: unknown): ErrorReport;
}

/**
 * Settles when the code begins to run; where it does not come to that, with an execution that is an
 * ordinary answer.
 * @throws what `execute` throws before the code runs
 */
export async function streamExecution(
  request: StreamRequest,
): Promise<Execution | StreamedExecution> {
  const { format, maxBytes, abandoned } = request;
  const controller = new AbortController();
  const abandon = () => controller.abort();
  abandoned?.addEventListener('abort', abandon);
  const stream = new EventStream({ format, maxBytes, onGone: abandon });
  const started = Promise.withResolvers<ExecutionStart>();
  const observer: ExecutionObserver = {
    tell(told) {
      if (told.event === 'start') started.resolve(told.data);
      return stream.send(told);
    },
  };
  const ended = request.execute(observer, controller.signal);
  const first = await Promise.race([started.promise, ended]);
  if ('error' in first) return first;

  const recorder = Promise.withResolvers<Recorder>();
  async function finish(start: ExecutionStart): Promise<void> {
    const execution = await ending(request, start, ended, controller);
    const record = await recorder.promise;
    if (execution === null) {
      record(null, stream.bytes);
      return;
    }
    const whole = withTruncation(execution, stream.truncated);
    try {
      record(whole, stream.bytes);
    } finally {
      stream.end(streamedBody(whole));
    }
  }
  finish(first).catch(abandon);
  return { kind: 'stream', format, body: stream.body, onEnd: recorder.resolve };
}

/** @returns `null` where the reader has gone; an error where the engine fails, or has no time left */
async function ending(
  { timeLeftMs, reportOf }: StreamRequest,
  start: ExecutionStart,
  ended: Promise<Execution>,
  controller: AbortController,
): Promise<Execution | null> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('The stream is out of time')), timeLeftMs);
  try {
    return await Promise.race([ended, late.promise]);
  } catch (failure) {
    if (controller.signal.aborted) return null;
    controller.abort();
    return failedExecution(reportOf(failure), { ...emptyMetadata(start), ...start });
  } finally {
    clearTimeout(timer);
  }
}

function withTruncation(execution: Execution, dropped: EventStream['truncated']): Execution {
  const { metadata } = execution;
  const { truncated } = metadata;
  return {
    ...execution,
    metadata: {
      ...metadata,
      truncated: {
        ...truncated,
        stdout: truncated.stdout || dropped.stdout,
        stderr: truncated.stderr || dropped.stderr,
        logs: truncated.logs || dropped.log,
      },
    },
  };
}
