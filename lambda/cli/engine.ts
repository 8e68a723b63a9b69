/** The API, on this machine or elsewhere: the same client, with another `fetch`. */

import { randomUUID } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { StreamingHandler } from '../api/pipeline.ts';
import { type Client, createClient } from '../client/client.ts';
import { INVOCATION_MS, localContext } from '../local/context.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from '../settings/platform.ts';
import { type RunOptions, UsageError } from './arguments.ts';

export interface Engine {
  /** Rejects where a setting does not parse. */
  readonly client: Promise<Client>;
  /** Ends what it runs in; does not wait until that has ended. */
  close(): void;
}

/** What `dist/command.mjs` exports. */
interface Bundle {
  readonly service: Promise<{
    createStreamingHandler(): StreamingHandler;
    close(): Promise<void>;
  }>;
}

/**
 * Resolves when the sandbox is on its way: all that the host does meanwhile takes less time.
 * @param trusted an origin on this machine that code may come from
 */
export async function openEngine(
  options: RunOptions,
  trusted: string | null,
  env = process.env,
): Promise<Engine> {
  const { endpoint, apiKey } = options;
  if (endpoint !== undefined) {
    if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
      throw new UsageError(`--endpoint: ${endpoint} is no URL of an API`);
    }
    const { signerOf } = await import('./sign.ts');
    const sign = apiKey === undefined ? signerOf(endpoint, env) : null;
    const client = createClient({
      endpoint,
      ...(apiKey !== undefined && { apiKey }),
      ...(sign && { sign }),
    });
    return { client: Promise.resolve(client), close: () => {} };
  }
  const { service } = await localBundle(options, trusted, env);
  const client = service.then(({ createStreamingHandler }) =>
    createClient({ endpoint: 'http://127.0.0.1', fetch: inProcess(createStreamingHandler()) }),
  );
  // Whoever waits for it is told.
  client.catch(() => {});
  return {
    client,
    close: () =>
      void service.then(
        ({ close }) => close(),
        () => {},
      ),
  };
}

/**
 * Settings of the environment hold here, too; what is not set is as generous as one's own machine: no
 * gateway waits for an answer, so that the limits of the run are all there is.
 */
async function localBundle(
  { inputs }: RunOptions,
  trusted: string | null,
  env: NodeJS.ProcessEnv,
): Promise<Bundle> {
  // One for each core is for many inputs only.
  if (inputs === undefined) env.ENGINE_SANDBOXES ??= '1';
  env.ENGINE_MAX_TIMEOUT_MS ??= String(INVOCATION_MS);
  env.ENGINE_MAX_REQUEST_BYTES ??= String(MAX_LAMBDA_PAYLOAD_BYTES);
  env.ENGINE_INLINE_CODE ??= 'true';
  env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
  env.POWERTOOLS_METRICS_DISABLED ??= 'true';
  if (trusted !== null) {
    env.ENGINE_TRUSTED_ORIGINS = [env.ENGINE_TRUSTED_ORIGINS, trusted].filter(Boolean).join();
  }
  // A variable, as the bundle need not exist where this file is checked.
  const bundle = new URL('../../dist/command.mjs', import.meta.url);
  return (await import(bundle.href)) as Bundle;
}

/** Requests go to the handler as the gateway would send them. */
function inProcess(handler: StreamingHandler): typeof fetch {
  return async (_, init) => {
    const requestId = randomUUID();
    const event = {
      httpMethod: 'POST',
      path: '/execute',
      headers: init?.headers,
      body: init?.body,
      isBase64Encoded: false,
      requestContext: { requestId },
    };
    const signal = init?.signal ?? new AbortController().signal;
    const answer = handler(event, localContext(requestId, signal));
    const { statusCode, headers, body } = await Promise.race([answer, aborted(signal)]);
    const pieces = body instanceof Readable ? addAbortSignal(signal, body) : [body as string];
    return answerOf(statusCode, headers as Readonly<Record<string, string>>, pieces);
  };
}

/**
 * As much of a `Response` as the client uses: a real one would load Node.js's `fetch`, which takes as long
 * as a fifth of the whole command.
 */
function answerOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Response {
  const iterator = bytesOf(pieces);
  const answer = {
    status,
    url: '',
    headers: { get: (name: string) => headers[name] ?? null },
    text: async () => (await buffer(iterator)).toString(),
    body: {
      getReader: () => ({
        read: () => iterator.next(),
        cancel: async () => void (await iterator.return(undefined)),
      }),
    },
  };
  return answer as unknown as Response;
}

async function* bytesOf(
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, undefined> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
