/** Where the entries of scripts' `app_log` go, besides the response. */

import type { Logger } from '@aws-lambda-powertools/logger';
import type { LogEntry } from '../contract/execution.ts';

/** Whose entries they are. */
export interface ScriptLogOrigin {
  readonly requestId: string;
  readonly tenant: string | null;
  /** Host of the code's URL. */
  readonly codeHost: string | null;
  readonly sha256: string | null;
}

export interface ScriptLog {
  /**
   * Takes the entries of one execution, in order. Settles within a bound that the implementation
   * states; never rejects.
   */
  write(entries: readonly LogEntry[], origin: ScriptLogOrigin): Promise<void>;
  /** Entries lost since the last call. */
  takeDropped(): number;
}

/** CloudWatch takes events of 1 MiB; shorter ones are easier to read. */
export const MAX_RECORD_BYTES = 262_144;
/** Lambda cuts a line of more than 256 KiB in two; the logger adds its own fields to the record. */
const MAX_LINE_RECORD_BYTES = MAX_RECORD_BYTES - 4096;

/**
 * Writes entries into the function's own log, one line each. All lines have level INFO, and the
 * script's level as a field: a script must not be able to raise an alarm about the engine.
 */
export function functionScriptLog(logger: Logger): ScriptLog {
  return {
    async write(entries, origin) {
      for (const entry of entries) {
        const script = scriptRecord(entry, origin, MAX_LINE_RECORD_BYTES);
        logger.info('app_log', { request_id: origin.requestId, script });
      }
    },
    takeDropped: () => 0,
  };
}

/**
 * An entry as it is written, in both kinds of log.
 * @param maxBytes of its JSON; of a longer entry the beginning of the message is kept
 */
export function scriptRecord(entry: LogEntry, origin: ScriptLogOrigin, maxBytes: number): object {
  const record = recordOf(entry, origin);
  if (Buffer.byteLength(JSON.stringify(record)) <= maxBytes) return record;
  // A UTF-16 unit is at most six bytes of JSON, and the rest of the record less than the rest.
  const message = entry.message.slice(0, maxBytes / 8);
  return { ...recordOf({ ...entry, message, fields: null }, origin), truncated: true };
}

function recordOf(entry: LogEntry, origin: ScriptLogOrigin): object {
  return {
    timestamp: entry.timestamp,
    level: entry.level,
    message: entry.message,
    fields: entry.fields,
    request_id: origin.requestId,
    tenant: origin.tenant,
    code_host: origin.codeHost,
    sha256: origin.sha256,
  };
}
