/** One run of a JavaScript guest: evaluates it, and turns its event loop until it has ended. */

import { urlAs } from '../../../contract/inline.ts';
import type { CodeType } from '../../../contract/languages.ts';
import type { GuestError, RunMessage, RunOutcome } from '../../../contract/protocol.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import type { Conclusion } from '../bridge/poll.ts';
import type { KeptCode } from '../code/kept-code.ts';
import type { EntrySource } from '../code/kept-sources.ts';
import { RunFailure } from '../errors/run-failure.ts';
import { createGuestModules, type GuestModules } from '../guest-modules.ts';
import type { GuestServices } from '../guest-services.ts';
import type { Realm } from '../machine/realm.ts';
import { isPure } from '../platform/operations.ts';
import { turnEventLoop } from './event-loop.ts';
import { errorOfRecord, failureOf, isBehind, stuckError, typeScriptFailure } from './failure.ts';
import { exceeding, type GuestRun, isOver } from './guest-run.ts';
import { startModule, startScript } from './start.ts';

export interface GuestOutcome {
  readonly outcome: RunOutcome;
  /** What the code has turned out to be. */
  readonly codeType: CodeType;
}

/** @returns how the run ended; never throws for what the guest did */
export async function runGuest(
  realm: Realm,
  services: GuestServices,
  message: RunMessage,
  code: Uint8Array,
  host: RunHost,
  kept: KeptCode,
): Promise<GuestOutcome> {
  const { codeType } = message;
  let entry: EntrySource;
  try {
    const obtained = kept.sources.entry(message, code);
    entry = obtained instanceof Promise ? await obtained : obtained;
  } catch (error) {
    return { codeType, outcome: failed(typeScriptFailure(message, error)) };
  }
  const run: GuestRun = {
    message: messageFor(entry, message),
    entry,
    images: kept.images,
    sources: kept.sources,
    realm,
    services,
    host,
    modules: null,
    exceeded: null,
    parsing: false,
  };
  realm.host = {
    call: (operation, args) => services.call(operation, args),
    isPure,
    interrupt: () => isOver(run),
    resolveModule: (importer, specifier) => modulesOf(run).resolveModule(importer, specifier),
    loadModule: (url) => modulesOf(run).loadModule(url),
    moduleFailed: (url, error) => modulesOf(run).moduleFailed(url, error),
    importModule: (request) => modulesOf(run).importModule(request),
  };
  realm.open(message.limits.memoryBytes);
  const outcome = await outcomeOf(run);
  if (!isSyntaxError(outcome)) return { codeType: run.entry.language, outcome };
  return (await reconsidered(run, outcome.error)) ?? { codeType: run.entry.language, outcome };
}

/** A run of the code as TypeScript, where nothing has shown that it is. Nothing of it has run yet. */
async function reconsidered(run: GuestRun, error: GuestError): Promise<GuestOutcome | null> {
  let entry: EntrySource | null;
  try {
    entry = await run.entry.reconsider();
  } catch (failure) {
    // What is wrong further on in TypeScript is that.
    const url = urlAs(run.message.url, 'typescript');
    const typed = typeScriptFailure({ ...run.message, url }, failure);
    return isBehind(typed, error) ? { codeType: 'typescript', outcome: failed(typed) } : null;
  }
  if (entry === null) return null;
  if (!run.realm.lay(null)) throw new Error('The realm cannot be made pristine.');
  run.entry = entry;
  run.message = messageFor(entry, run.message);
  run.modules = null;
  run.parsing = false;
  return { codeType: entry.language, outcome: await outcomeOf(run) };
}

function messageFor({ url }: EntrySource, message: RunMessage): RunMessage {
  return url === message.url ? message : { ...message, url };
}

async function outcomeOf(run: GuestRun): Promise<RunOutcome> {
  try {
    const beginning = begin(run);
    if (beginning !== undefined) await beginning;
    const resultJson = conclude(run, await turnEventLoop(run));
    // A guest can catch its interruption; the run fails all the same.
    if (run.exceeded !== null) throw new RunFailure(exceeding(run, run.exceeded));
    return { status: 'success', resultJson, exitCode: null };
  } catch (thrown) {
    return failed(await failureOf(run, thrown));
  }
}

export type FailedOutcome = Extract<RunOutcome, { status: 'error' }>;

export function failed(error: GuestError): FailedOutcome {
  return { status: 'error', error, exitCode: null };
}

function isSyntaxError(outcome: RunOutcome): outcome is FailedOutcome {
  if (outcome.status === 'success') return false;
  return outcome.error.code === 'SYNTAX_ERROR' || outcome.error.code === 'UNSUPPORTED_CODE';
}

/** Evaluates a script, or a module when what it imports has been loaded. */
function begin(run: GuestRun): Promise<void> | undefined {
  if (run.entry.kind === 'script') {
    startScript(run);
    return undefined;
  }
  const modules = modulesOf(run);
  if (!modules.isLoaded()) return beginWhenLoaded(run, modules);
  startModule(run, modules, true);
  return undefined;
}

/** Where the sandbox has all that the code imports, the guest's event loop need not turn for it. */
async function beginWhenLoaded(run: GuestRun, modules: GuestModules): Promise<void> {
  const loading = modules.load();
  const { promise: turn, resolve } = Promise.withResolvers<boolean>();
  const immediate = setImmediate(resolve, false);
  const isLoaded = await Promise.race([loading.then(() => true), turn]);
  clearImmediate(immediate);
  if (isLoaded) startModule(run, modules, true);
  else run.services.background(loading.then(() => () => startModule(run, modules, false)));
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
    throw new RunFailure(stuckError);
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
    const { services } = run;
    run.modules = createGuestModules(run);
    services.add(run.modules.operations);
  }
  return run.modules;
}
