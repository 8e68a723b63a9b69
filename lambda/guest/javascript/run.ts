/** One run of a JavaScript guest: evaluates it, and turns its event loop until it has ended. */

import { isShallow } from '../../contract/depth.ts';
import { guestErrorCodes, type Json } from '../../contract/errors.ts';
import { type LimitName, limitError } from '../../contract/limit-error.ts';
import type { GuestError, RunMessage, RunOutcome } from '../../contract/protocol.ts';
import { emptyInputs } from '../../contract/run-inputs.ts';
import type { RunHost } from '../runtime/runtime.ts';
import { type Conclusion, decodePoll } from './bridge/poll.ts';
import { scriptGlobals } from './bridge/script-globals.ts';
import { withPlaces } from './errors/error-places.ts';
import { RunFailure } from './errors/run-failure.ts';
import { createGuestModules, type GuestModules } from './guest-modules.ts';
import type { GuestServices } from './guest-services.ts';
import { GuestThrow } from './machine/guest-throw.ts';
import type { Realm } from './machine/realm.ts';
import { ImportFailure } from './modules/import-failure.ts';
import { isModule } from './modules/module-source.ts';

/** Texts of an error have been cut shorter, unless the script keeps the prelude from it. */
const MAX_TEXT_LENGTH = 128 * 1024;

/** What the realm has without being sent anything. */
const EMPTY_GLOBALS_JSON = JSON.stringify(scriptGlobals(emptyInputs));

const utf8 = new TextDecoder();

/** What the prelude tells of an error; see `prelude/error-record.ts`. */
interface ErrorRecord {
  readonly code: GuestError['code'] | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly details: Json;
  readonly truncated: boolean;
}

/** @returns how the run ended; never throws for what the guest did */
export async function runGuest(
  realm: Realm,
  services: GuestServices,
  run: RunMessage,
  code: Uint8Array,
  host: RunHost,
): Promise<RunOutcome> {
  const { maxResultBytes } = run.limits;
  let exceeded: LimitName | null = null;
  const source = utf8.decode(code);
  let parsing = false;
  let loaded: GuestModules | null = null;
  realm.host = {
    call: (operation, args) => services.call(operation, args),
    interrupt: isOver,
    resolveModule: (importer, specifier) => modules().resolveModule(importer, specifier),
    loadModule: (url) => modules().loadModule(url),
    moduleFailed: (url, error) => modules().moduleFailed(url, error),
    importModule: (request) => modules().importModule(request),
  };
  realm.open(run.limits.memoryBytes);
  try {
    const resultJson = await execute();
    // A guest can catch what interrupted it, but not make up for it.
    if (exceeded !== null) throw new RunFailure(exceeding(exceeded));
    return { status: 'success', resultJson, exitCode: null };
  } catch (failure) {
    return { status: 'error', error: withPlaces(explain(failure), sourceOf), exitCode: null };
  }

  function sourceOf(url: string): string | undefined {
    return url === run.url ? source : loaded?.sourceOf(url);
  }

  function isOver(): boolean {
    if (host.timeLeftMs() <= 0) exceeded = 'timeoutMs';
    else if (host.cpuLeftMs() <= 0) exceeded = 'cpuMs';
    return exceeded !== null;
  }

  async function execute(): Promise<string> {
    const globalsJson = JSON.stringify(scriptGlobals(run));
    if (run.inputJson !== null || globalsJson !== EMPTY_GLOBALS_JSON) {
      realm.enter('begin', run.inputJson ?? undefined, globalsJson);
    }
    if (isModule(source)) {
      services.background(
        modules()
          .load()
          .then(() => evaluateModule),
      );
    } else {
      parsing = true;
      const evaluation = realm.evaluateScript(source, run.url);
      parsing = false;
      realm.enter('trackScript', evaluation, run.entrypoint ?? undefined);
    }
    return conclude(await turnEventLoop());
  }

  function evaluateModule(): void {
    realm.enter('trackModule', modules().evaluate(), run.entrypoint ?? undefined);
  }

  /** Most scripts need none. */
  function modules(): GuestModules {
    if (loaded === null) {
      loaded = createGuestModules(realm, services, run, source, host);
      services.add(loaded.operations);
    }
    return loaded;
  }

  /** Runs jobs, timers and tasks until the run has failed, or nothing is pending any more. */
  async function turnEventLoop(): Promise<Conclusion> {
    for (;;) {
      realm.runJobs();
      for (const { reason } of realm.rejections.values()) throw new GuestThrow(reason);
      const settlement = services.take();
      if (typeof settlement === 'function') {
        settlement();
        continue;
      }
      if (settlement !== undefined) {
        realm.enter('settle', settlement.id, settlement.json, settlement.bytes);
        continue;
      }
      const polled = realm.enter('poll', services.pending() > 0, maxResultBytes);
      const state = decodePoll(realm.text(polled));
      if (state.kind === 'timer') realm.enter('fireTimer');
      else if (state.kind !== 'wait') return state;
      else await services.wait(Math.min(state.ms, host.timeLeftMs()));
      if (isOver()) throw new RunFailure(exceeding(exceeded ?? 'timeoutMs'));
    }
  }

  /** @returns the result's JSON */
  function conclude(conclusion: Conclusion): string {
    if (conclusion.kind === 'error') throw new RunFailure(toError(JSON.parse(conclusion.json)));
    if (conclusion.kind === 'stuck') {
      // A promise may be pending for ever because there was no memory to settle it.
      if (realm.memoryDenied) throw new RunFailure(exceeding('memoryMb'));
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

  function explain(failure: unknown): GuestError {
    if (exceeded !== null) return exceeding(exceeded);
    if (failure instanceof RunFailure) return failure.error;
    if (failure instanceof ImportFailure) return importError('ImportFailed', failure);
    if (failure instanceof GuestThrow) {
      try {
        const json = realm.text(realm.enter('describe', failure.handle));
        return toError(JSON.parse(json));
      } catch (second) {
        return explainFault(second);
      }
    }
    return explainFault(failure);
  }

  /** The machine itself failed, or could not even describe an error. */
  function explainFault(fault: unknown): GuestError {
    if (exceeded !== null) return exceeding(exceeded);
    if (realm.memoryDenied) return exceeding('memoryMb');
    if (fault instanceof RangeError) return exceeding('stack');
    // The script broke the functions that its errors are described with.
    if (fault instanceof GuestThrow) return toError({ message: 'The code threw, and hid what' });
    // Goes to the engine's log when the process is replaced.
    console.error(fault);
    return {
      code: 'SANDBOX_CRASHED',
      name: 'SandboxCrashed',
      message: 'The JavaScript engine stopped on a fault of its own; the next run gets a new one',
      stack: null,
      details: null,
    };
  }

  /** @param told an `ErrorRecord`, as far as the script has left the prelude able to make one */
  function toError(told: unknown): GuestError {
    const record = soundRecord(told);
    const { name, message, stack } = record;
    const isInternal = name === 'InternalError' || name === 'SyntaxError';
    if (realm.memoryDenied) {
      // QuickJS itself may run out of memory before it has made an error to throw.
      if (emptyThrows.has(message)) return exceeding('memoryMb');
      if (isInternal && message.endsWith('out of memory')) return exceeding('memoryMb');
    }
    if (isInternal && message.endsWith('stack overflow')) return { ...exceeding('stack'), stack };
    const linkage =
      name === 'SyntaxError' && stack === null ? loaded?.explainLinkage(message) : null;
    if (linkage) return importError(name, linkage);
    const isSyntax = parsing && name === 'SyntaxError';
    return { ...record, code: record.code ?? (isSyntax ? 'SYNTAX_ERROR' : 'RUNTIME_ERROR') };
  }

  function exceeding(limit: LimitName): GuestError {
    const used = {
      timeoutMs: run.limits.timeoutMs - host.timeLeftMs(),
      cpuMs: run.limits.cpuMs - host.cpuLeftMs(),
      memoryMb: realm.heapBytes() / 2 ** 20,
      stack: 0,
    };
    return limitError(limit, run.limits, used[limit]);
  }
}

function importError(name: string, { message, details, frame }: ImportFailure): GuestError {
  const stack = frame === null ? null : `${name}: ${message}\n${frame}`;
  return { code: 'IMPORT_FAILED', name, message, stack, details };
}

/** What QuickJS's values for "no exception" look like when they are thrown. */
const emptyThrows = new Set(['null', 'undefined', '', '[unsupported type]']);

const codes: ReadonlySet<unknown> = new Set(guestErrorCodes);

/** A script can break or replace the functions that the prelude describes errors with. */
function soundRecord(told: unknown): ErrorRecord {
  const { code, name, message, stack, details, truncated } = (told ?? {}) as Record<
    string,
    unknown
  >;
  const cut = (value: unknown): string => String(value ?? '').slice(0, MAX_TEXT_LENGTH);
  const fits = details !== undefined && JSON.stringify(details).length <= MAX_TEXT_LENGTH;
  return {
    // Membership is what makes it one.
    code: codes.has(code) ? (code as GuestError['code']) : null,
    name: cut(name) || 'Error',
    message: cut(message),
    stack: stack === null || stack === undefined ? null : cut(stack),
    // It has been read from JSON.
    details: fits && isShallow(details) ? (details as Json) : null,
    truncated: truncated === true,
  };
}
