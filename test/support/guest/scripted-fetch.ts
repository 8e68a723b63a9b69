/** Runs scripts whose `fetch` is answered by a function of the test instead of a network. */

import type {
  CallResult,
  GuestFetchError,
  GuestFetchRequest,
  GuestFetchResponse,
} from '../../../lambda/contract/calls.ts';
import type { RunOutcome } from '../../../lambda/contract/protocol.ts';
import type { PendingCall, RunHost } from '../../../lambda/guest/runtime/runtime.ts';
import { runMessage } from '../run-message.ts';
import { answeredBy, type CallAnswers } from './host-calls.ts';
import { javascriptRuntime } from './javascript-runtime.ts';

const MIB = 1024 * 1024;

/** What the scripted host answers. */
export type Answer =
  | { readonly response: Partial<GuestFetchResponse>; readonly body?: Uint8Array | string }
  | { readonly error: GuestFetchError };

export type Respond = (
  request: GuestFetchRequest,
  body: Uint8Array,
  aborted: Promise<void>,
) => Answer | Promise<Answer>;

const notFound: Respond = () => ({ response: { status: 404 } });

/** Runs a script. @returns its result, or what it threw as `name: message` */
export async function evaluate(script: string, respond: Respond = notFound): Promise<unknown> {
  const outcome = await run(script, respond);
  if (outcome.status === 'error') {
    throw new Error(`${outcome.error.name}: ${outcome.error.message}\n${outcome.error.stack}`);
  }
  return JSON.parse(outcome.resultJson);
}

let runs = 0;

async function run(script: string, respond: Respond): Promise<RunOutcome> {
  const deadline = performance.now() + 20_000;
  const host: RunHost = {
    started() {},
    write: () => true,
    room: () => MIB,
    log: () => {},
    call: answeredBy(scriptedCalls(respond)),
    timeLeftMs: () => deadline - performance.now(),
    cpuLeftMs: () => deadline - performance.now(),
  };
  runs += 1;
  const report = await (await javascriptRuntime()).execute(
    runMessage('javascript', {
      runId: runs,
      url: 'https://scripts.example/test.js',
      limits: { timeoutMs: 200_000, cpuMs: 200_000, maxResultBytes: 8 * MIB },
    }),
    new TextEncoder().encode(script),
    host,
  );
  return report.outcome;
}

/** Answers when the body is there, also one that is sent piece by piece. */
function scriptedCalls(respond: Respond): CallAnswers {
  const uploads = new Map<number, { pieces: Uint8Array[]; end: (body: Uint8Array) => void }>();
  return {
    fetch(request, body) {
      if (request.upload === null) return pendingFetch(request, Promise.resolve(body), respond);
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      uploads.set(request.upload, { pieces: [], end: resolve });
      return pendingFetch(request, promise, respond);
    },
    async fetchSend({ upload, last }, piece) {
      const sent = uploads.get(upload);
      sent?.pieces.push(piece);
      if (last) sent?.end(Buffer.concat(sent.pieces));
      return { ok: true };
    },
  };
}

function pendingFetch(
  request: GuestFetchRequest,
  body: Promise<Uint8Array>,
  respond: Respond,
): PendingCall<'fetch'> {
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const answer = async (): Promise<CallResult<'fetch'>> => {
    const answered = await respond(
      request,
      (await Promise.race([body, aborted])) ?? new Uint8Array(),
      aborted,
    );
    if ('error' in answered) return { ok: false, error: answered.error };
    const { response, body: content = '' } = answered;
    return {
      ok: true,
      response: {
        status: 200,
        statusText: '',
        headers: [],
        url: request.url,
        redirected: false,
        ...response,
      },
      body: typeof content === 'string' ? new TextEncoder().encode(content) : content,
      rest: null,
    };
  };
  return { result: answer(), abort };
}
