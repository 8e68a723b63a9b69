/** What a function answers with, whole or as a stream, as API Gateway passes it on. */

import { text } from 'node:stream/consumers';
import type { Reply } from './runtime-api.ts';

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads a stream to its end. @throws {Error} the invocation failed, before or within the stream */
export async function answerOf(reply: Reply): Promise<Answer> {
  if (reply.kind === 'error') throw new Error(`${reply.errorType}: ${reply.errorMessage}`);
  if (reply.kind === 'response') return reply.payload as Answer;
  const { statusCode, headers } = reply;
  const body = await text(reply.body);
  const failure = reply.errorType();
  if (failure !== undefined) throw new Error(failure);
  return { statusCode, headers, body };
}
