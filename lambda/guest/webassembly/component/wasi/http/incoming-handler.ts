/** `wasi:http/incoming-handler`, which a component exports: its request is the run's input. */

import type { Json } from '../../../../../contract/errors.ts';
import { headersJson, parseFetchOptions, textOrBase64 } from '../../../fetch.ts';
import type { HostValue } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { IncomingRequest } from './incoming-request.ts';
import { type Answer, ResponseOutparam } from './outgoing-response.ts';

/** What a request is asked of that names no URL. */
const DEFAULT_URL = 'http://localhost/';

/** One call of `handle`. */
export interface IncomingExchange {
  /** A request, and where to answer it. */
  readonly params: readonly HostValue[];
  /** What was answered by the time that `handle` has returned. */
  answer(): ExchangeAnswer;
}

export type ExchangeAnswer =
  /** `{ status, headers, body }`, or `bodyBase64` where the body is not UTF-8. */
  { readonly response: Json } | { readonly failure: string; readonly details: Json };

/**
 * @param input JSON of the request: `{ url, method, headers, body | bodyBase64 }`, each of which may be
 * absent
 * @returns `null` where the input is no such request
 */
export function openExchange(
  { holdings }: Wasi2Context,
  input: string | null,
): IncomingExchange | null {
  const options = parseFetchOptions(Buffer.from(input ?? '{}'), DEFAULT_URL);
  const url = options && URL.parse(options.request.url, DEFAULT_URL);
  if (!options || !url) return null;
  const { method, headers } = options.request;
  const outparam = new ResponseOutparam(holdings);
  return {
    params: [new IncomingRequest(holdings, { method, url, headers, body: options.body }), outparam],
    answer: () => answerOf(outparam.answer),
  };
}

function answerOf(answer: Answer | null): ExchangeAnswer {
  if (!answer) return failure('The component returned without an answer.');
  if ('error' in answer) {
    const { tag, value = null } = answer.error;
    // An `error-code` has texts and numbers only.
    const details = JSON.parse(JSON.stringify({ tag, value }, toDecimal)) as Json;
    return failure(`The component answered with the error ${tag}.`, details);
  }
  const { status, headers, content } = answer.response;
  const body = content === null ? new Uint8Array(0) : content.bytes;
  if (body === null) return failure('The component did not finish the body of its response.');
  const pairs = headers.entries.map(
    ([name, value]) => [name, Buffer.from(value).toString('latin1')] as const,
  );
  return { response: { status, headers: headersJson(pairs), ...textOrBase64(body) } };
}

function failure(text: string, details: Json = null): ExchangeAnswer {
  return { failure: text, details };
}

function toDecimal(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
