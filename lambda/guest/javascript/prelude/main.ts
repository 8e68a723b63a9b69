/**
 * The realm as a script finds it. Evaluated once, when the engine is built; every run starts from
 * an image of the memory that this leaves behind.
 */

import { installAbort } from './abort.ts';
import { installAppLog } from './app-log.ts';
import { installBase64 } from './base64.ts';
import { installBlob } from './blob.ts';
import { installBlobUrl } from './blob-url.ts';
import { createBridge } from './bridge.ts';
import { installClone } from './clone.ts';
import { installCompression } from './compression.ts';
import { type ConsoleSink, installConsole } from './console.ts';
import { installCrypto } from './crypto.ts';
import { installDomException } from './dom-exception.ts';
import { installEncoding } from './encoding.ts';
import { describeError } from './error-record.ts';
import { installErrorStack } from './error-stack.ts';
import { installEvents } from './event.ts';
import { installEventTarget } from './event-target.ts';
import { installFetch } from './fetch.ts';
import { installFile } from './file.ts';
import { installFormData } from './form-data.ts';
import { installHeaders } from './headers.ts';
import type { Prelude } from './host.ts';
import { installInputs } from './inputs.ts';
import { installIntl } from './intl.ts';
import { installMicrotask } from './microtask.ts';
import { createModules } from './modules.ts';
import { installNavigator } from './navigator.ts';
import { createOutcomes } from './outcome.ts';
import { installPerformance, nowMs } from './performance.ts';
import { installRequest } from './request.ts';
import { installResponse } from './response.ts';
import { installStreams } from './streams.ts';
import { installTextStreams } from './text-streams.ts';
import { installTimers } from './timers.ts';
import { installUrl } from './url.ts';
import { installUrlPattern } from './url-pattern.ts';
import { installUrlSearchParams } from './url-search-params.ts';

type RawBridge = Parameters<typeof createBridge>[0];

const global = globalThis as Prelude['global'];
const raw = global.__host as RawBridge;
const promise = global.__promiseState as ConsoleSink['promise'];
delete global.__host;
delete global.__promiseState;

const { stringify } = JSON;
const bridge = createBridge(raw);
const prelude: Prelude = {
  global,
  host: bridge,
  define(names, options = {}) {
    for (const [name, value] of Object.entries(names)) {
      Object.defineProperty(global, name, {
        value,
        writable: true,
        configurable: true,
        enumerable: options.enumerable ?? false,
      });
    }
  },
};

// The console first: it can look into the proxies of all that follows.
installConsole(prelude, {
  write: (stream, text) => void bridge.call('output', stream, text),
  remaining: (stream) => Number(bridge.call('output.room', stream)),
  now: () => Number(bridge.call('clock.now')),
  promise,
});
const inputs = installInputs(prelude);
const timers = installTimers(prelude);
installErrorStack();
installDomException(prelude);
installEvents(prelude, nowMs);
installEventTarget(prelude);
installMicrotask(prelude);
installAbort(prelude, timers.background);
installEncoding(prelude);
installBase64(prelude);
installUrlSearchParams(prelude);
installUrl(prelude);
installUrlPattern(prelude);
installClone(prelude);
installPerformance(prelude);
installNavigator(prelude);
installCrypto(prelude);
installIntl(prelude);
installStreams(prelude);
installTextStreams(prelude);
installCompression(prelude);
installBlob(prelude);
installFile(prelude);
installBlobUrl(prelude);
installHeaders(prelude);
installFormData(prelude);
installRequest(prelude);
installResponse(prelude);
installFetch(prelude);
installAppLog(prelude);
const outcomes = createOutcomes(inputs.input);
const modules = createModules(prelude);

/**
 * Where the run stands when no job is left: `e` and the JSON of an error, `v` and the result's
 * JSON, `t` where a timer is due, `w` and the milliseconds until one is where there is something
 * to wait for, and nothing at all where the outcome can never settle.
 */
function poll(tasksPending: boolean, maxResultLength: number): string {
  if (outcomes.failed()) return outcomes.conclude(maxResultLength);
  const next = timers.next();
  if (next !== null && (next.keepsAlive || tasksPending)) {
    return next.inMs === 0 ? 't' : `w${next.inMs}`;
  }
  return tasksPending ? 'w' : outcomes.conclude(maxResultLength);
}

/** The functions that the host calls: the sandbox process holds on to them by their pointers. */
export const entries = {
  begin: inputs.begin,
  trackScript: outcomes.trackScript,
  trackModule: outcomes.trackModule,
  describe: (thrown: unknown): string => stringify(describeError(thrown)),
  poll,
  fireTimer: timers.fire,
  settle: bridge.settle,
  ...modules,
};
