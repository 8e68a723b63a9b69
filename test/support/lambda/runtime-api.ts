/** The HTTP API between Lambda and the runtime in an execution environment, from Lambda's side. */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../servers/loopback.ts';

/** A synchronous invocation must not answer with more. */
const maxPayloadBytes = 6_291_556;

export interface InvocationOptions {
  /** What the function's configured timeout leaves the invocation. */
  readonly timeoutMs?: number;
  readonly tenantId?: string;
}

/** Of a function that streams: there when status and headers are, while the body flows. */
export interface StreamedReply {
  readonly kind: 'stream';
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingMessage;
  /** Why the function has failed, once the body is read; `undefined`: it has not. */
  errorType(): string | undefined;
}

export type Reply =
  | StreamedReply
  | { readonly kind: 'response'; readonly payload: unknown }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string };

/** Lambda's side of the Runtime API, for one execution environment. */
export interface RuntimeApi {
  /** `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Settles when the runtime first asks for an invocation, or reports why it cannot start. */
  readonly started: Promise<'ready' | Reply>;
  /** Waits until the runtime asks for the next invocation: Lambda may freeze it from then on. */
  idle(): Promise<void>;
  invoke(event: unknown, options?: InvocationOptions): Promise<Reply>;
  close(): Promise<void>;
}

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const started = Promise.withResolvers<'ready' | Reply>();
  const replies = new Map<string, (reply: Reply) => void>();
  let waiting = Promise.withResolvers<ServerResponse>();

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [, id, action] = incoming.url?.match(/^\/2018-06-01\/runtime\/(.+)\/(\w+)$/) ?? [];
    if (id === 'invocation' && action === 'next') {
      started.resolve('ready');
      waiting.resolve(outgoing);
      return;
    }
    if (incoming.headers['lambda-runtime-function-response-mode'] === 'streaming') {
      incoming.once('end', () => outgoing.writeHead(202).end());
      replies.get(id?.replace('invocation/', '') ?? '')?.(await streamedReply(incoming));
      return;
    }
    const body = await text(incoming);
    const tooLarge = Buffer.byteLength(body) > maxPayloadBytes;
    outgoing.writeHead(tooLarge ? 413 : 202).end();
    const reply: Reply = tooLarge
      ? { kind: 'error', errorType: 'Function.ResponseSizeTooLarge', errorMessage: '' }
      : action === 'response'
        ? { kind: 'response', payload: JSON.parse(body) }
        : { kind: 'error', ...JSON.parse(body) };
    if (id === 'init') started.resolve(reply);
    else replies.get(id?.replace('invocation/', '') ?? '')?.(reply);
  }

  // Lambda closes no connection that the runtime keeps, however long an invocation takes.
  const server = createServer(
    { keepAliveTimeout: 600_000 },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  const { port, close } = await listenOnLoopback(server);

  return {
    address: `127.0.0.1:${port}`,
    started: started.promise,
    async idle() {
      await waiting.promise;
    },
    async invoke(event, { timeoutMs = 29_000, tenantId } = {}) {
      const runtime = await waiting.promise;
      waiting = Promise.withResolvers();
      const id = randomUUID();
      const reply = new Promise<Reply>((resolve) => replies.set(id, resolve));
      runtime.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': Date.now() + timeoutMs,
        'lambda-runtime-invoked-function-arn':
          'arn:aws:lambda:eu-central-1:111122223333:function:engine',
        'lambda-runtime-trace-id': `Root=1-5f84c7a0-${id.replaceAll('-', '').slice(0, 24)};Sampled=0`,
        ...(tenantId !== undefined && { 'lambda-runtime-aws-tenant-id': tenantId }),
      });
      runtime.end(JSON.stringify(event));
      return reply;
    },
    close,
  };
}

const integrationResponse = 'application/vnd.awslambda.http-integration-response';
/** Between status with headers, as JSON, and the body. */
const delimiter = Buffer.alloc(8);

/** @throws {Error} the response does not begin as one for API Gateway does */
async function streamedReply(body: IncomingMessage): Promise<StreamedReply> {
  if (body.headers['content-type'] !== integrationResponse) throw new Error('This is no prelude');
  let head = Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = body.read();
    if (chunk === null) {
      if (body.readableEnded) throw new Error('The response ends within its prelude');
      await once(body, 'readable');
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(delimiter);
    if (end === -1) continue;
    body.unshift(head.subarray(end + delimiter.length));
    const { statusCode, headers } = JSON.parse(head.toString('utf8', 0, end));
    const errorType = () => body.trailers['lambda-runtime-function-error-type'];
    return { kind: 'stream', statusCode, headers, body, errorType };
  }
}
