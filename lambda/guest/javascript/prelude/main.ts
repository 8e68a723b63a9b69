/**
 * The realm as a script finds it: evaluated once, by the build; every run starts from an image of
 * the memory that this leaves. All of it runs inside QuickJS, without Node.js. The rooms, each of
 * which knows only those above it:
 *
 * - `core/`: the bridge to the sandbox process, the functions of the language as they were before any
 *   script ran (`intrinsics.ts`), `DOMException`, `structuredClone`, `navigator`, and in `core/webidl/`
 *   the rules of Web IDL that the classes of all rooms follow
 * - `console/`: `console`, with `util.inspect` of Node.js in `console/inspect/`, which uses only
 *   functions of the language that it captured; and `stack` of errors
 * - `language/`: built-ins of the language that QuickJS lacks, or has otherwise than ECMAScript
 * - `events/`, `timers/`, `messaging/`, `performance/`, `encoding/`, `url/`, `crypto/`, `intl/`: what
 *   their names say; the host does the work that Node.js can do
 * - `streams/`: `web-streams-polyfill`, and the streams that encode or compress
 * - `files/`: `Blob`, `File` and `blob:` URLs
 * - `fetch/`: `Headers`, `FormData`, `Request`, `Response` and `fetch`
 * - `run/`: the globals of the engine itself (`input`, `app_log` …), modules, and how a run ends
 */

import { type PollText, pollText } from '../bridge/poll.ts';
import { installConsole } from './console/console.ts';
import { installErrorStack } from './console/error-stack.ts';
import { createBridge, throwingErrors } from './core/bridge.ts';
import { installClone } from './core/clone.ts';
import { installDomException } from './core/dom-exception.ts';
import type { Prelude } from './core/host.ts';
import { toNumber } from './core/intrinsics.ts';
import { writeJson } from './core/json.ts';
import { installNavigator } from './core/navigator.ts';
import { installCrypto } from './crypto/crypto.ts';
import { installBase64 } from './encoding/base64.ts';
import { installEncoding } from './encoding/encoding.ts';
import { installAbort } from './events/abort.ts';
import { installEvents } from './events/event.ts';
import { installEventTarget, reportRejection } from './events/event-target.ts';
import { installFetch } from './fetch/fetch.ts';
import { installFormData } from './fetch/form-data.ts';
import { installHeaders } from './fetch/headers.ts';
import { installRequest } from './fetch/request.ts';
import { installResponse } from './fetch/response.ts';
import { installBlob } from './files/blob.ts';
import { installBlobUrl } from './files/blob-url.ts';
import { installFile } from './files/file.ts';
import { installIntl } from './intl/intl.ts';
import { installAtomics } from './language/atomics.ts';
import { installLanguage } from './language/language.ts';
import { recordMatches } from './language/regexp-legacy.ts';
import { releaseKept } from './language/weak-ref.ts';
import { installBroadcastChannel } from './messaging/broadcast-channel.ts';
import { installMessagePort } from './messaging/message-port.ts';
import { installWebSocket } from './messaging/web-socket.ts';
import { installPerformance, nowMs } from './performance/performance.ts';
import { installAppLog } from './run/app-log.ts';
import { createCommonJs } from './run/commonjs.ts';
import { describeError } from './run/error-record.ts';
import { installFiles } from './run/files.ts';
import { installInputs } from './run/inputs.ts';
import { createModules } from './run/modules.ts';
import { createOutcomes } from './run/outcome.ts';
import { syntax } from './run/syntax.ts';
import { installCompression } from './streams/compression.ts';
import { installStreams } from './streams/streams.ts';
import { installTextStreams } from './streams/text-streams.ts';
import { installMicrotask } from './timers/microtask.ts';
import { installTimers } from './timers/timers.ts';
import { installUrl } from './url/url.ts';
import { installUrlPattern } from './url/url-pattern.ts';
import { installUrlSearchParams } from './url/url-search-params.ts';

type RawBridge = Parameters<typeof createBridge>[0];
type PromiseState = 'pending' | 'fulfilled' | 'rejected';

const global = globalThis as Prelude['global'];
const raw = global.__host as RawBridge;
const promiseState = throwingErrors(
  global.__promiseState as (value: object) => PromiseState | undefined,
);
const promiseResult = throwingErrors(global.__promiseResult as (value: object) => unknown);
delete global.__host;
delete global.__promiseState;
delete global.__promiseResult;

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

// The console is first: it replaces `Proxy`, so that it can show the proxies of all other rooms.
installConsole(prelude, {
  write: (stream, text) => void bridge.call('output', stream, text),
  remaining: (stream) => toNumber(bridge.call('output.room', stream)),
  now: () => toNumber(bridge.call('clock.now')),
  promise(value) {
    const state = promiseState(value);
    return state === undefined ? undefined : [state, promiseResult(value)];
  },
});
const inputs = installInputs(prelude);
const timers = installTimers(prelude);
installErrorStack();
installLanguage();
installDomException(prelude);
installAtomics(() => Number(bridge.call('clock.now')), timers.background);

// Events, on which aborting rests.
installEvents(prelude, nowMs);
installEventTarget(prelude);
installMicrotask(prelude);
installAbort(prelude, timers.background);

// Classes over operations of the host.
installEncoding(prelude);
installBase64(prelude);
installUrlSearchParams(prelude);
installUrl(prelude);
installUrlPattern(prelude);
installClone(prelude);
installMessagePort(prelude.define, timers.soon);
installBroadcastChannel(prelude.define, timers.soon);
installWebSocket(prelude.define);
installPerformance(prelude);
installNavigator(prelude);
installCrypto(prelude);
installIntl(prelude);

// Streams, files over streams, and fetch over both.
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
installFiles(prelude);
const outcomes = createOutcomes(inputs.input);
const modules = createModules(prelude);
const commonJs = createCommonJs(prelude);

/** Where the run stands when no job is left. */
function poll(tasksPending: boolean, maxResultLength: number): PollText {
  releaseKept();
  if (outcomes.failed()) return outcomes.conclude(maxResultLength);
  const next = timers.next();
  if (next !== null && (next.keepsAlive || tasksPending)) {
    return next.inMs === 0 ? pollText.timer() : pollText.wait(next.inMs);
  }
  return tasksPending ? pollText.wait(Infinity) : outcomes.conclude(maxResultLength);
}

export { syntax };

/** The functions that the host calls, by pointers that the memory image records. */
export const entries = {
  begin: inputs.begin,
  shield: inputs.shield,
  isShielded: inputs.isShielded,
  unshield: inputs.unshield,
  trackScript: outcomes.trackScript,
  trackModule: outcomes.trackModule,
  describe: (thrown: unknown): string => writeJson(describeError(thrown)),
  poll,
  fireTimer: timers.fire,
  settle: bridge.settle,
  reportRejection,
  recordMatches,
  ...modules,
  ...commonJs,
};
