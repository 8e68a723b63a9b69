/** `app_log` entries in a CloudWatch log group of their own. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import {
  CloudWatchLogsClient,
  CloudWatchLogsServiceException,
  CreateLogStreamCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  type RejectedLogEventsInfo,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AwsCredentials } from '../settings/aws.ts';
import { EventQueue, type LogEvent } from './event-queue.ts';
import { describeFailure } from './redaction.ts';
import type { ScriptLog } from './script-log.ts';

export interface CloudWatchOptions {
  readonly logger: Logger;
  /** The environment's own log stream, `AWS_LAMBDA_LOG_STREAM_NAME`; default: a name of its own. */
  readonly stream?: string | undefined;
  readonly region?: string | undefined;
  /** Without them the SDK fails to send: it is bundled without its own ways to find some. */
  readonly credentials?: AwsCredentials | undefined;
  /** The most that one execution waits for its entries to be taken; default 500. */
  readonly maxWaitMs?: number;
  /** After a failure no execution waits for CloudWatch again before this has passed; default 5000. */
  readonly pauseMs?: number;
}

const FIRST_RETRY_MS = 25;

/**
 * Sends entries in batches, in order, to one log stream per execution environment. Throttling and
 * outages are retried within the bound; what CloudWatch has not taken by then waits for the next
 * execution, and is dropped and counted where too much waits. An entry may arrive twice where an
 * answer of CloudWatch was lost, never out of order.
 */
export function cloudWatchScriptLog(group: string, options: CloudWatchOptions): ScriptLog {
  const { logger, stream = `local/${randomUUID()}`, maxWaitMs = 500, pauseMs = 5000 } = options;
  // Retries are ours, as those of the SDK cannot be interrupted while they wait.
  const client = new CloudWatchLogsClient({
    maxAttempts: 1,
    ...(options.region !== undefined && { region: options.region }),
    ...(options.credentials !== undefined && { credentials: options.credentials }),
  });
  const target = { logGroupName: group, logStreamName: stream };
  const queue = new EventQueue();
  let streamExists = false;
  let pausedUntil = 0;
  let sending: Promise<void> | null = null;

  async function send(abortSignal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    let reason: unknown;
    for (let batch = queue.take(); batch.length > 0; ) {
      try {
        await put(batch, abortSignal);
        batch = queue.take();
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (error instanceof InvalidParameterException) {
          queue.countDropped(batch.length);
          batch = queue.take();
        } else if (isTransient(error) && !abortSignal.aborted) {
          reason = error;
          await delay(retryMs * (1 + Math.random()), undefined, { signal: abortSignal }).catch(
            () => {},
          );
          retryMs *= 2;
        } else {
          queue.putBack(batch);
          // The last failure explains more than the end of the time.
          throw abortSignal.aborted ? (reason ?? error) : error;
        }
      }
    }
  }

  async function put(logEvents: readonly LogEvent[], abortSignal: AbortSignal): Promise<void> {
    if (!streamExists) await createStream(abortSignal);
    const command = new PutLogEventsCommand({
      ...target,
      logEvents: logEvents.map(({ message, timestamp }) => ({ message, timestamp })),
    });
    try {
      const { rejectedLogEventsInfo } = await client.send(command, { abortSignal });
      queue.countDropped(rejectedCount(rejectedLogEventsInfo, logEvents.length));
    } catch (error) {
      // Somebody removed the stream: the next execution makes it anew.
      if (error instanceof ResourceNotFoundException) streamExists = false;
      throw error;
    }
  }

  async function createStream(abortSignal: AbortSignal): Promise<void> {
    await client.send(new CreateLogStreamCommand(target), { abortSignal }).catch((error) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
    streamExists = true;
  }

  async function flush(): Promise<void> {
    try {
      await send(AbortSignal.timeout(maxWaitMs));
    } catch (error) {
      pausedUntil = Date.now() + pauseMs;
      logger.warn('The script log does not take entries', {
        log_group: group,
        failure: describeFailure(error),
      });
    } finally {
      sending = null;
    }
  }

  return {
    async write(entries, origin) {
      for (const entry of entries) queue.add(entry, origin);
      if (Date.now() < pausedUntil) return;
      sending ??= flush();
      const timer = new AbortController();
      const bound = delay(maxWaitMs, undefined, { signal: timer.signal }).catch(() => {});
      await Promise.race([sending, bound]);
      timer.abort();
    },
    takeDropped: () => queue.takeDropped(),
  };
}

/** Throttled, unavailable, or no answer at all. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof CloudWatchLogsServiceException)) return true;
  return error.$retryable !== undefined || /Throttl/.test(error.name) || error.$fault === 'server';
}

/** Events before the end indices are too old; those from the start index on are too new. */
function rejectedCount(info: RejectedLogEventsInfo | undefined, count: number): number {
  const old = Math.max(info?.tooOldLogEventEndIndex ?? 0, info?.expiredLogEventEndIndex ?? 0);
  return old + count - (info?.tooNewLogEventStartIndex ?? count);
}
