/** The API, on this machine or elsewhere: the same client, with another `fetch`. */

import { randomUUID } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import type { StreamingHandler } from '../api/pipeline.ts';
import { type Client, createClient } from '../client/client.ts';
import { INVOCATION_MS, localContext } from '../local/context.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from '../settings/settings.ts';
import { type RunOptions, UsageError } from './arguments.ts';

export interface Engine {
  readonly client: Client;
  close(): Promise<void>;
}

/** What `dist/handler.mjs` exports. */
interface Bundle {
  createStreamingHandler(): StreamingHandler;
  close(): Promise<void>;
}

/** @param trusted an origin on this machine that code may come from */
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
    return { client, close: async () => {} };
  }
  const { createStreamingHandler, close } = await localBundle(options, trusted, env);
  return {
    client: createClient({
      endpoint: 'http://127.0.0.1',
      fetch: inProcess(createStreamingHandler()),
    }),
    close,
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
  const bundle = new URL('../../dist/handler.mjs', import.meta.url);
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
    const content = body instanceof Readable ? Readable.toWeb(addAbortSignal(signal, body)) : body;
    // Node.js has one type for it in its modules, and another one of the same for its globals.
    return new Response(content as string | globalThis.ReadableStream, {
      status: statusCode,
      headers: headers as Record<string, string>,
    });
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
