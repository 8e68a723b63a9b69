/** Tells whoever listens to an execution what its run prints, as text. */

import { StringDecoder } from 'node:string_decoder';
import type {
  ExecutionMetadata,
  ExecutionObserver,
  ExecutionStart,
  Readiness,
} from '../contract/execution.ts';
import type { CodeType } from '../contract/languages.ts';
import type { RunObserver } from '../contract/observer.ts';
import { statusOf } from '../contract/status.ts';
import type { SandboxResult } from '../sandbox/run.ts';
import { foundLanguage } from './report.ts';

export interface ToldRun extends RunObserver {
  /** The run is over: tells of its start, if it has failed before, and of unfinished characters. */
  end(result: SandboxResult): void;
}

/** @param metadata what is known of the execution before its code runs */
export function tellRun(observer: ExecutionObserver, metadata: ExecutionMetadata): ToldRun {
  // A character may be cut in two by a chunk's end.
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const tell = (event: 'stdout' | 'stderr', text: string) =>
    text === '' ? null : observer.tell({ event, data: { text } });
  let hasStarted = false;
  return {
    started,
    printed: (stream, { buffer, byteOffset, length }) =>
      tell(stream, decoders[stream].write(Buffer.from(buffer, byteOffset, length))),
    logged: (data) => observer.tell({ event: 'log', data }),
    end({ codeType, outcome }) {
      // What is no fault of the code is an ordinary answer.
      if (outcome.status === 'error' && statusOf[outcome.error.code] !== 200) return;
      started(codeType ?? metadata.codeType);
      for (const stream of ['stdout', 'stderr'] as const) tell(stream, decoders[stream].end());
    },
  };

  function started(codeType: CodeType | null): Readiness {
    if (hasStarted) return null;
    hasStarted = true;
    const found = foundLanguage(metadata, codeType);
    return observer.tell({ event: 'start', data: executionStart({ ...metadata, ...found }) });
  }
}

export function executionStart(metadata: ExecutionMetadata): ExecutionStart {
  const { requestId, url, codeType, detectedBy, sha256 } = metadata;
  const { resourceSizeBytes, downloadTimeMs, timestamp } = metadata;
  return {
    ...{ requestId, url, codeType, detectedBy, sha256 },
    ...{ resourceSizeBytes, downloadTimeMs, timestamp },
  };
}
