/** The spans of an execution, made when it has ended, below that of its invocation. */

import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Execution } from '../contract/execution.ts';
import { hostOf } from './redaction.ts';

export interface Tracing {
  /** An execution has just ended: adds its spans to the trace of the invocation. */
  record(execution: Execution): void;
}

/**
 * `download`, where the code came from a URL, and `run`, with what the log line of the invocation has.
 * Neither URLs nor anything of scripts is in them: secrets are there.
 */
export function spans(version: string): Tracing {
  const tracer = trace.getTracer('script-engine', version);
  return {
    record({ metadata, error }) {
      const { downloadTimeMs, executionTimeMs } = metadata;
      const endMs = Date.now();
      const beginMs = Date.parse(metadata.timestamp);
      const code = {
        'script_engine.code_host': hostOf(metadata.url) ?? undefined,
        'script_engine.sha256': metadata.sha256 ?? undefined,
      };
      const span = (
        name: string,
        kind: SpanKind,
        [startTime, endTime]: readonly [number, number],
        attributes: Readonly<Record<string, string | number | undefined>>,
      ): void => {
        const made = tracer.startSpan(name, { kind, startTime, attributes });
        if (name === 'run' && error !== null)
          made.setStatus({ code: SpanStatusCode.ERROR, message: error.code });
        made.end(endTime);
      };
      if (downloadTimeMs !== null) {
        const bytes = metadata.resourceSizeBytes ?? undefined;
        const attributes = { ...code, 'script_engine.code_bytes': bytes };
        span('download', SpanKind.CLIENT, [beginMs, beginMs + downloadTimeMs], attributes);
      }
      if (executionTimeMs !== null) {
        span('run', SpanKind.INTERNAL, [endMs - executionTimeMs, endMs], {
          ...code,
          'script_engine.request_id': metadata.requestId,
          'script_engine.code_type': metadata.codeType ?? undefined,
          'script_engine.outcome': error?.code ?? 'SUCCESS',
          'script_engine.cpu_ms': metadata.cpuTimeMs ?? undefined,
          'script_engine.memory_peak_bytes': metadata.memoryPeakBytes ?? undefined,
          'script_engine.fetches': metadata.fetch.requests,
        });
      }
    },
  };
}
