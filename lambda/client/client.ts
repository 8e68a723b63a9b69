/**
 * A client of the engine's API, for any runtime that has `fetch`: browsers, Node.js from 20 on, workers.
 * Needs no package.
 */

import { errorOf, OverloadedError, ProtocolError } from './errors.ts';
import { eventsOf, type StreamEvent, type StreamItems } from './events.ts';
import { readLines } from './lines.ts';
import { type RetryOptions, retryAfterMsOf, withRetries } from './retry.ts';
import type { ExecuteRequest, ExecuteResponse } from './wire.ts';

export type * from './answer.ts';
export * from './errors.ts';
export type { StreamEvent } from './events.ts';
export type { RetryOptions } from './retry.ts';
export type * from './wire.ts';

/** A request as it is about to be sent. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ClientOptions {
  /** Where the API is: `http://127.0.0.1:3000`, `https://ID.execute-api.REGION.amazonaws.com/prod`. */
  readonly endpoint: string | URL;
  /** Sent as `x-api-key`. A key in a page is public. */
  readonly apiKey?: string;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In the place of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Returns the headers that sign the request, such as those of AWS Signature Version 4. */
  readonly sign?: (
    request: OutgoingRequest,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** How answers with status 429 and 503 are tried again; `false`: not at all. */
  readonly retry?: RetryOptions | false;
}

export interface CallOptions {
  /** Ends the call. The engine ends the run, too, where the platform tells it. */
  readonly signal?: AbortSignal;
}

export interface Client {
  /**
   * Runs code.
   * @returns the answer; its `status` is `error` where the code ran and failed
   * @throws {ScriptEngineError} a class by the HTTP status, where nothing ran
   * @throws {ProtocolError} what answers is no engine
   */
  execute(request: ExecuteRequest, options?: CallOptions): Promise<ExecuteResponse>;
  /**
   * Runs code and gives its result alone.
   * @throws {RunError} the code ran and failed; what it printed is in `response`
   * @throws as `execute`
   */
  run(request: ExecuteRequest, options?: CallOptions): Promise<unknown>;
  /**
   * Runs code and tells what it does while it runs: `start`, then `stdout`, `stderr`, `log` and `item`
   * as they happen, and `end` with the answer. To leave the loop ends the run.
   * @throws as `execute`
   */
  stream(request: ExecuteRequest, options?: CallOptions): AsyncIterableIterator<StreamEvent>;
}

/** @throws {TypeError} `endpoint` is no URL */
export function createClient(options: ClientOptions): Client {
  const url = executeUrl(options.endpoint);
  const send = options.fetch ?? ((input, init) => fetch(input, init));

  async function post(
    request: ExecuteRequest,
    accept: string,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const body = JSON.stringify(request);
    return withRetries(options.retry, signal, async () => {
      const headers = {
        accept,
        'content-type': 'application/json',
        ...(options.apiKey !== undefined && { 'x-api-key': options.apiKey }),
        ...options.headers,
      };
      const signed = await options.sign?.({ url, method: 'POST', headers, body });
      const response = await send(url, {
        method: 'POST',
        headers: { ...headers, ...signed },
        body,
        ...(signal && { signal }),
      });
      if (response.status === 200) return response;
      throw await failureOf(response);
    });
  }

  async function execute(
    request: ExecuteRequest,
    { signal }: CallOptions = {},
  ): Promise<ExecuteResponse> {
    return answerOf(await post(request, 'application/json', signal));
  }

  async function run(request: ExecuteRequest, callOptions?: CallOptions): Promise<unknown> {
    const response = await execute(request, callOptions);
    if (response.error !== null) throw errorOf(response.error, 200, response, null);
    return response.result;
  }

  async function* stream(
    request: ExecuteRequest,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent, void> {
    for await (const event of events(request, options)) {
      // What has arrived already is not told any more.
      options.signal?.throwIfAborted();
      yield event;
    }
  }

  async function* events(
    request: ExecuteRequest,
    { signal }: CallOptions,
  ): AsyncGenerator<StreamEvent, void> {
    const response = await post(request, `${LINES}, application/json;q=0.5`, signal);
    if (!response.headers.get('content-type')?.startsWith(LINES)) {
      // A deployment that does not stream answers at once with everything.
      yield* eventsOf(await answerOf(response));
      return;
    }
    let isComplete = false;
    for await (const line of readLines(response)) {
      const event = eventOf(line);
      if (event === null) continue;
      isComplete ||= event.event === 'end';
      yield event;
      // The rest is nothing, but a connection that is read to its end can be used again.
    }
    if (isComplete) return;
    throw new ProtocolError('The stream ended before its last event');
  }

  return { execute, run, stream };
}

const LINES = 'application/x-ndjson';

function executeUrl(endpoint: string | URL): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/execute$/, '')}/execute`;
  return url.href;
}

async function answerOf(response: Response): Promise<ExecuteResponse> {
  const answer = parsed(await response.text());
  if (isAnswer(answer)) return answer;
  throw new ProtocolError(`${response.url || 'The server'} answered, but not as the engine does`);
}

async function failureOf(response: Response): Promise<Error> {
  const retryAfterMs = retryAfterMsOf(response.headers.get('retry-after'));
  const answer = parsed(await response.text());
  if (isAnswer(answer) && answer.error !== null) {
    return errorOf(answer.error, response.status, answer, retryAfterMs);
  }
  const { status } = response;
  const message = `The server answered with status ${status}, but not as the engine does`;
  // A balancer or a firewall in front of the engine has words of its own; nothing has run.
  if (status === 429 || status === 503) {
    const error = { name: 'Overloaded', message, stack: null, details: null };
    return new OverloadedError({ code: 'OVERLOADED', ...error }, status, null, retryAfterMs);
  }
  return new ProtocolError(message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is ExecuteResponse {
  if (typeof value !== 'object' || value === null) return false;
  return 'status' in value && 'error' in value && 'metadata' in value;
}

/** @returns `null` for an event that only keeps the connection, or that a later engine has added */
function eventOf(line: string): StreamEvent | null {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null || !('event' in value)) return null;
  return known.has(String(value.event)) ? (value as StreamEvent) : null;
}

const known: ReadonlySet<string> = new Set<keyof StreamItems>([
  ...(['start', 'stdout', 'stderr', 'log', 'item', 'end'] as const),
]);
