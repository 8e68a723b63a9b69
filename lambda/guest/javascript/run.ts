/** One run of a JavaScript guest: evaluates it, and turns its event loop until it has ended. */

import type { RunMessage, RunOutcome } from '../../contract/protocol.ts';
import { emptyInputs } from '../../contract/run-inputs.ts';
import type { RunHost } from '../runtime/runtime.ts';
import type { Conclusion } from './bridge/poll.ts';
import { scriptGlobals } from './bridge/script-globals.ts';
import { RunFailure } from './errors/run-failure.ts';
import { turnEventLoop } from './event-loop.ts';
import { errorOfRecord, failureOf } from './failure.ts';
import { createGuestModules, type GuestModules } from './guest-modules.ts';
import { exceeding, type GuestRun, isOver } from './guest-run.ts';
import type { GuestServices } from './guest-services.ts';
import { readsLastMatch } from './last-match.ts';
import type { Realm } from './machine/realm.ts';
import { isModule } from './modules/module-source.ts';

/** What the realm has without being sent anything. */
const EMPTY_GLOBALS_JSON = JSON.stringify(scriptGlobals(emptyInputs));

const utf8 = new TextDecoder();

/** @returns how the run ended; never throws for what the guest did */
export async function runGuest(
  realm: Realm,
  services: GuestServices,
  message: RunMessage,
  code: Uint8Array,
  host: RunHost,
): Promise<RunOutcome> {
  const run: GuestRun = {
    message,
    source: utf8.decode(code),
    realm,
    services,
    host,
    modules: null,
    exceeded: null,
    parsing: false,
  };
  realm.host = {
    call: (operation, args) => services.call(operation, args),
    interrupt: () => isOver(run),
    resolveModule: (importer, specifier) => modulesOf(run).resolveModule(importer, specifier),
    loadModule: (url) => modulesOf(run).loadModule(url),
    moduleFailed: (url, error) => modulesOf(run).moduleFailed(url, error),
    importModule: (request) => modulesOf(run).importModule(request),
  };
  realm.open(message.limits.memoryBytes);
  try {
    begin(run);
    const resultJson = conclude(run, await turnEventLoop(run));
    // A guest can catch its interruption; the run fails all the same.
    if (run.exceeded !== null) throw new RunFailure(exceeding(run, run.exceeded));
    return { status: 'success', resultJson, exitCode: null };
  } catch (thrown) {
    return { status: 'error', error: failureOf(run, thrown), exitCode: null };
  }
}

/** Evaluates a script, or begins to load what a module imports. */
function begin(run: GuestRun): void {
  const { realm, services, source } = run;
  const { inputJson, url, entrypoint } = run.message;
  const globalsJson = JSON.stringify(scriptGlobals(run.message));
  if (inputJson !== null || globalsJson !== EMPTY_GLOBALS_JSON) {
    realm.enter('begin', inputJson ?? undefined, globalsJson);
  }
  if (isModule(source)) {
    const modules = modulesOf(run);
    const evaluate = (): void => {
      realm.enter('trackModule', modules.evaluate(), entrypoint ?? undefined);
    };
    services.background(modules.load().then(() => evaluate));
  } else {
    if (readsLastMatch(source)) realm.enter('recordMatches');
    run.parsing = true;
    const evaluation = realm.evaluateScript(source, url);
    run.parsing = false;
    realm.enter('trackScript', evaluation, entrypoint ?? undefined);
  }
}

/** @returns the result's JSON */
function conclude(run: GuestRun, conclusion: Conclusion): string {
  const { maxResultBytes } = run.message.limits;
  if (conclusion.kind === 'error') {
    throw new RunFailure(errorOfRecord(run, JSON.parse(conclusion.json)));
  }
  if (conclusion.kind === 'stuck') {
    // A promise may be pending for ever because there was no memory to settle it.
    if (run.realm.memoryDenied) throw new RunFailure(exceeding(run, 'memoryMb'));
    throw new RunFailure({
      code: 'RUNTIME_ERROR',
      name: 'Error',
      message: 'The code awaits a promise that nothing can settle any more',
      stack: null,
      details: null,
    });
  }
  if (Buffer.byteLength(conclusion.json) <= maxResultBytes) return conclusion.json;
  throw new RunFailure({
    code: 'RESULT_TOO_LARGE',
    name: 'ResultTooLarge',
    message: `The result's JSON is longer than ${maxResultBytes} bytes`,
    stack: null,
    details: null,
  });
}

function modulesOf(run: GuestRun): GuestModules {
  if (run.modules === null) {
    const { realm, services, message, source, host } = run;
    run.modules = createGuestModules(realm, services, message, source, host);
    services.add(run.modules.operations);
  }
  return run.modules;
}
