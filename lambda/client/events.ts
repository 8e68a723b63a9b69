/** The events of a stream. */

import type { BatchItem, LogEntry } from './answer.ts';
import type { ExecuteResponse } from './wire.ts';

/** What is known as soon as the code is there. */
export interface StreamStart {
  readonly requestId: string;
  readonly url: string | null;
  readonly codeType: ExecuteResponse['metadata']['codeType'];
  readonly detectedBy: ExecuteResponse['metadata']['detectedBy'];
  readonly sha256: string | null;
  readonly resourceSizeBytes: number | null;
  readonly downloadTimeMs: number | null;
  readonly timestamp: ExecuteResponse['metadata']['timestamp'];
}

/** What each event carries, by name. */
export interface StreamItems {
  readonly start: StreamStart;
  /** Never ends within a character. */
  readonly stdout: { readonly text: string };
  readonly stderr: { readonly text: string };
  readonly log: LogEntry;
  /** Of many inputs: one that has ended. */
  readonly item: BatchItem & { readonly index: number };
  /** The answer; its `stdout`, `stderr` and `logs` are empty, as they came before. */
  readonly end: ExecuteResponse;
}

export type StreamEvent = {
  [Name in keyof StreamItems]: { readonly event: Name; readonly data: StreamItems[Name] };
}[keyof StreamItems];

/** The events of a run that is over, as a stream would have told them. */
export function* eventsOf(response: ExecuteResponse): Generator<StreamEvent, void> {
  const { stdout, stderr, logs, metadata } = response;
  const { requestId, url, codeType, detectedBy, sha256, resourceSizeBytes } = metadata;
  const { downloadTimeMs, timestamp } = metadata;
  yield {
    event: 'start',
    data: {
      requestId,
      url,
      codeType,
      detectedBy,
      sha256,
      resourceSizeBytes,
      downloadTimeMs,
      timestamp,
    },
  };
  if (stdout !== '') yield { event: 'stdout', data: { text: stdout } };
  if (stderr !== '') yield { event: 'stderr', data: { text: stderr } };
  for (const data of logs) yield { event: 'log', data };
  for (const [index, item] of (response.results ?? []).entries()) {
    yield { event: 'item', data: { index, ...item } };
  }
  yield { event: 'end', data: { ...response, stdout: '', stderr: '', logs: [] } };
}
