/** What a caller does with the client: bundled, it runs in any runtime, and tells in JSON how it went. */

// As other projects import it: the tests bundle what `npm run packages` has built.
import { createClient, type ExecuteRequest, OverloadedError } from 'script-engine/client';
import { signerOf } from '../../../lambda/cli/sign.ts';

/** Where the scenario finds what it calls. */
export interface Endpoints {
  readonly engine: string;
  /** Refuses the first two requests, and hands others to the engine. */
  readonly busy: string;
  /** Refuses all requests. */
  readonly full: string;
  /** Is no engine. */
  readonly stranger: string;
}

export interface Report {
  readonly result: unknown;
  readonly answer: unknown;
  readonly batch: unknown;
  readonly events: readonly string[];
  readonly items: readonly string[];
  /** Name and code, by what was asked for. */
  readonly errors: Readonly<Record<string, string>>;
  /** What the engine that was busy at first has answered in the end. */
  readonly retried: unknown;
  /** Requests until then. */
  readonly tries: number;
  /** How long it is to be left alone, by what it says. */
  readonly retryAfterMs: number | null;
  readonly authorization: string;
  /** What came before the caller ended the run, and what the loop threw. */
  readonly aborted: readonly string[];
}

const failing: Readonly<Record<string, ExecuteRequest>> = {
  run: { code: 'null.x' },
  request: { code: '1', limits: { timeoutMs: 0 } },
  policy: { url: 'http://169.254.169.254/' },
  download: { url: 'http://name.invalid/' },
  code: { code: '<!doctype html><html></html>' },
};

export async function scenario(endpoints: Endpoints): Promise<Report> {
  const client = createClient({ endpoint: endpoints.engine });
  const errors: Record<string, string> = {};
  for (const [name, request] of Object.entries(failing)) {
    errors[name] = nameOf(await failureOf(client.run(request)));
  }
  const stranger = createClient({ endpoint: endpoints.stranger });
  errors.stranger = nameOf(await failureOf(stranger.execute({ code: '1' })));
  const full = createClient({ endpoint: endpoints.full, retry: false });
  const refusal = await failureOf(full.execute({ code: '1' }));
  errors.full = nameOf(refusal);
  const events: string[] = [];
  const code = `console.log('ä'); console.error('b'); app_log('info', 'c'); 5`;
  for await (const { event, data } of client.stream({ code })) {
    events.push('text' in data ? `${event} ${data.text.trim()}` : event);
  }
  const many: ExecuteRequest = { code: 'input + 1', inputs: [1, 2] };
  const items: string[] = [];
  for await (const { event, data } of client.stream(many)) {
    if (event === 'item') items.push(`${data.index}: ${data.result}`);
  }
  const batch = await client.execute(many);
  const { status, stdout } = await client.execute({ code: 'console.log("hi")' });
  return {
    result: await client.run({ code: 'input * 2', input: 21 }),
    answer: { status, stdout },
    batch: batch.results?.map(({ result }) => result),
    events,
    // Each is told when it has ended.
    items: items.sort(),
    errors,
    ...(await refusedTwice(endpoints.busy)),
    retryAfterMs: refusal instanceof OverloadedError ? refusal.retryAfterMs : null,
    aborted: await abortedRun(endpoints.engine),
  };
}

function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
}

function nameOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return 'code' in failure ? `${failure.name} ${failure.code}` : failure.name;
}

async function refusedTwice(endpoint: string) {
  let tries = 0;
  let authorization = '';
  const sign = signerOf('https://id.execute-api.eu-central-1.amazonaws.com', {
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  const client = createClient({
    endpoint,
    ...(sign && { sign }),
    retry: { baseMs: 1 },
    fetch: (input, init) => {
      tries += 1;
      const { authorization: signed = '', ...headers } = { ...(init?.headers as object) } as Record<
        string,
        string
      >;
      authorization = signed.replace(/[0-9a-f]{64}|\d{8}/g, '…');
      // The engine asks for no signature here, and its headers are not among those that pages may send.
      delete headers['x-amz-date'];
      delete headers['x-amz-content-sha256'];
      return fetch(input, { ...init, headers });
    },
  });
  return { retried: await client.run({ code: '1' }), tries, authorization };
}

async function abortedRun(endpoint: string): Promise<string[]> {
  const seen: string[] = [];
  const controller = new AbortController();
  const code = `console.log('begun'); await new Promise((resolve) => setTimeout(resolve, 2500))`;
  try {
    const running = createClient({ endpoint }).stream({ code }, { signal: controller.signal });
    for await (const { event } of running) {
      seen.push(event);
      if (event === 'stdout') controller.abort();
    }
  } catch (error) {
    seen.push((error as Error).name);
  }
  return seen;
}
