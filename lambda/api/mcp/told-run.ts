/** What a run does while it goes on, as notifications of the protocol; and its output, which the answer has. */

import { StringDecoder } from 'node:string_decoder';
import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server';
import type { ExecutionEvent, ExecutionObserver, Readiness } from '../../contract/execution.ts';
import type { LogLevel } from '../../contract/protocol.ts';

/** Of all notifications of a run: the answer has everything, too. */
const MAX_TOLD_BYTES = 2 ** 20;
/** Of a notification, beside its text. */
const FRAME_BYTES = 128;

const levels = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
} as const satisfies Record<LogLevel, LoggingLevel>;

export interface ToldRun {
  readonly observer: ExecutionObserver;
  /** What was printed, within the limit of an answer. */
  readonly output: Readonly<Record<'stdout' | 'stderr', string>>;
  readonly truncated: Readonly<Record<'stdout' | 'stderr', boolean>>;
}

/**
 * @param inputs number of them; 0: one run
 * @param maxOutputBytes of each of stdout and stderr
 */
export function tellRun(
  { _meta, log, notify }: ServerContext['mcpReq'],
  inputs: number,
  maxOutputBytes: number,
): ToldRun {
  const progressToken = _meta?.progressToken;
  const output = { stdout: '', stderr: '' };
  const left = { stdout: maxOutputBytes, stderr: maxOutputBytes };
  const truncated = { stdout: false, stderr: false };
  let told = 0;
  let ended = 0;

  return { observer: { tell }, output, truncated };

  function tell({ event, data }: ExecutionEvent): Readiness {
    switch (event) {
      case 'start':
        return progress(0, `Running ${data.codeType} of ${data.url}`);
      case 'stdout':
      case 'stderr':
        keep(event, data.text);
        return send(data.text.length, () => log('info', data.text, event));
      case 'log': {
        const { level, message, fields } = data;
        const size = JSON.stringify(data).length;
        return send(size, () => log(levels[level], { message, fields }, 'app_log'));
      }
      case 'item':
        ended += 1;
        return progress(ended, `${ended} of ${inputs} inputs`);
    }
  }

  function progress(done: number, message: string): Readiness {
    if (progressToken === undefined) return null;
    const params = { progressToken, progress: done, total: inputs || 1, message };
    return send(message.length, () => notify({ method: 'notifications/progress', params }));
  }

  function send(size: number, notification: () => Promise<void>): Readiness {
    told += size + FRAME_BYTES;
    if (told > MAX_TOLD_BYTES) return null;
    // Whoever cannot be told any more has gone, which ends the run otherwise.
    return notification().catch(() => {});
  }

  function keep(stream: 'stdout' | 'stderr', text: string): void {
    const bytes = Buffer.from(text);
    const isWhole = bytes.length <= left[stream];
    truncated[stream] ||= !isWhole;
    // Not within a character.
    output[stream] += isWhole ? text : new StringDecoder().write(bytes.subarray(0, left[stream]));
    left[stream] = isWhole ? left[stream] - bytes.length : 0;
  }
}
