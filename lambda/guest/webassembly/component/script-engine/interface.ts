/** `script-engine:host/host`, see `host.wit` beside this file. */

import type { GuestFetchError } from '../../../../contract/calls.ts';
import { logLevels } from '../../../../contract/protocol.ts';
import type { RunHost } from '../../../runtime/runtime.ts';
import { appLog, fetchWithinRun, unixtime } from '../../engine-services.ts';
import { type HostInterface, type HostValue, ResultError } from '../host.ts';
import { blockingFunction, hostAction, hostFunction, wit } from '../wasi/binding/parameters.ts';

const { bytes, list, option, pair, string, u32 } = wit;
const fetchRequest = wit.record({
  url: string,
  method: option(string),
  headers: list(pair(string, string)),
  body: option(bytes),
  'timeout-ms': option(u32),
  redirects: option(wit.oneOf('follow', 'error', 'manual')),
});

export function scriptEngineInterface(
  host: Pick<RunHost, 'call' | 'log' | 'timeLeftMs'>,
): HostInterface {
  return {
    name: 'script-engine:host/host',
    version: '1.0.0',
    functions: {
      'app-log': hostAction([wit.oneOf(...logLevels), string], (level, message) =>
        appLog(host, level, Buffer.from(message)),
      ),
      'get-unixtime': hostFunction([], () => BigInt(unixtime())),
      fetch: blockingFunction([fetchRequest], (request) => fetch(host, request)),
    },
  };
}

async function fetch(
  host: Pick<RunHost, 'call' | 'timeLeftMs'>,
  {
    url,
    method = 'GET',
    headers,
    body,
    redirects = 'follow',
    'timeout-ms': timeoutMs,
  }: ReturnType<typeof fetchRequest>,
): Promise<HostValue> {
  const hasBody = body !== undefined;
  const request = {
    url,
    method,
    headers,
    hasBody,
    whole: true,
    upload: null,
    redirect: redirects,
    timeoutMs: timeoutMs ?? null,
  };
  const result = await fetchWithinRun(host, request, body ?? new Uint8Array(0));
  if (!result.ok) {
    throw new ResultError({ tag: fetchErrors[result.error.kind], value: result.error.message });
  }
  const { response } = result;
  return {
    status: response.status,
    'status-text': response.statusText,
    url: response.url,
    redirected: response.redirected,
    headers: response.headers,
    body: result.body,
  };
}

/** Cases of `fetch-error`. */
const fetchErrors: Readonly<Record<GuestFetchError['kind'], string>> = {
  'bad-request': 'bad-request',
  'not-allowed': 'not-allowed',
  network: 'network',
  aborted: 'network',
  timeout: 'timeout',
  'too-large': 'too-large',
  quota: 'quota',
};
