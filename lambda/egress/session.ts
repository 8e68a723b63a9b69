/** Step 1 of egress, who asks: the fetches and imports of one run. */

import type {
  GuestImportRequest,
  ImportedModule,
  LoadedSourceMap,
  SourceMapRequest,
} from '../contract/calls.ts';
import { EngineError } from '../contract/errors.ts';
import { compileHostPatterns, type HostMatcher } from '../settings/host-patterns.ts';
import { type FetchQuota, MAX_MODULES } from '../settings/settings.ts';
import { sha256Of } from './content-hash.ts';
import type { Credentials, RunningCode } from './credentials/credentials.ts';
import { toEngineError } from './download.ts';
import { Fetches } from './fetch/fetches.ts';
import type { HostList, ImportOptions } from './import-rules.ts';
import { type ImportCounts, ModuleLoader, type ModuleServices } from './module-loader.ts';
import { asFailure, EgressFailure } from './policy/failure.ts';
import { QuotaAccount } from './quota.ts';
import type { Sender } from './request.ts';
import { RunScope } from './scope.ts';
import type { Exchange, HttpClient } from './transport/client.ts';
import { Turnstile } from './turnstile.ts';

export interface FetchSessionOptions {
  readonly runId: string;
  readonly quota: FetchQuota;
  /** The request's own `limits.fetch.allowedHosts`: narrows the operator's; `null`: no narrowing. */
  readonly allowedHosts: readonly string[] | null;
  /**
   * Runs of one partition (the code's hash, say) share a cache of modules. Without one the run has a
   * cache of its own: no script can learn from it what others have loaded.
   */
  readonly cachePartition?: string;
  /** The rules of imports; where they are left out, literals are held to the hosts of code alone. */
  readonly imports?: ImportOptions;
  /** Decides which credentials of the operator its fetches get; where it is left out, none. */
  readonly code?: RunningCode;
}

/** The outbound requests of one run. */
export interface FetchSession {
  readonly fetches: Pick<Fetches, 'fetch' | 'read' | 'cancel' | 'send'>;
  /**
   * Loads an ES module under the *code* host list and download limits; one that the run chose, under
   * those of `fetch` as well. Never rejects.
   */
  importModule(request: GuestImportRequest, signal: AbortSignal): Promise<ImportedModule>;
  /** Loads a source map of the code or of a module, within a time. Never rejects. */
  sourceMap(
    request: SourceMapRequest,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<LoadedSourceMap>;
  /** What `fetch` and computed imports have used: attempts and redirect hops, bytes of bodies (decoded). */
  readonly counts: {
    readonly requests: number;
    readonly bytesSent: number;
    readonly bytesReceived: number;
  };
  /** What all imports have used until now. */
  readonly importCounts: ImportCounts;
  /** Aborts what is under way; nothing of the session is left afterwards. */
  close(): void;
}

interface SessionServices extends ModuleServices {
  /**
   * Opens connections for one run. It shares them with no other: a server may tie a log-in to the
   * connection that it came on, and a connection that is already there reveals who was before.
   */
  readonly openClient: () => HttpClient;
  readonly sender: Sender;
  readonly userAgent: string;
  /** The operator's list for `fetch`. */
  readonly fetchHosts: HostMatcher;
  /** `null`: the operator has none. */
  readonly credentials: Credentials | null;
}

/** @throws {EngineError} INVALID_REQUEST where a pattern of `allowedHosts` does not parse */
export function openSession(options: FetchSessionOptions, services: SessionServices): FetchSession {
  const { runId, quota } = options;
  const lists = hostLists(services.fetchHosts, options.allowedHosts);
  const hosts: HostMatcher = (hostname) => lists.every(({ allows }) => allows(hostname));
  const account = new QuotaAccount(quota);
  const turnstile = new Turnstile(quota.maxConcurrent);
  const scope = new RunScope();
  let client: HttpClient | null = null;
  const exchange: Exchange = (hop) => {
    client ??= services.openClient();
    return client.send(hop);
  };
  const { sender, userAgent } = services;
  const fetches = new Fetches({
    runId,
    quota,
    hosts,
    account,
    turnstile,
    scope,
    exchange,
    sender,
    userAgent,
    credentials: (options.code && services.credentials?.forCode(options.code)) ?? null,
  });
  const modules = new ModuleLoader(
    runId,
    options.cachePartition ?? runId,
    scope,
    options.imports ?? plainImports,
    { account, hosts: lists, turnstile, timeoutMs: quota.timeoutMs, exchange },
    services,
  );

  return {
    counts: account.counts,
    get importCounts() {
      return modules.counts;
    },
    fetches,
    async importModule(request, signal) {
      try {
        const { url, contentType, bytes } = await modules.load(request, signal);
        const sha256 = sha256Of(bytes);
        return { ok: true, url, contentType, sha256, bytes: bytes.length, body: bytes };
      } catch (error) {
        const { code, message, cause } =
          error instanceof EngineError ? error : toEngineError(asFailure(error));
        return { ok: false, code, message, rule: ruleOf(cause) };
      }
    },
    async sourceMap({ url }, timeoutMs, signal) {
      try {
        return { ok: true, body: await modules.sourceMap(url, timeoutMs, signal) };
      } catch {
        return { ok: false };
      }
    },
    close() {
      scope.close();
      void client?.close();
    },
  };
}

const plainImports: ImportOptions = {
  codeUrl: '',
  allowedHosts: null,
  maxModules: MAX_MODULES,
  dynamic: true,
  map: null,
  pins: null,
  unpinned: false,
  inlineModules: new Map(),
};

function hostLists(operator: HostMatcher, patterns: readonly string[] | null): readonly HostList[] {
  const ofOperator = { name: 'ENGINE_FETCH_ALLOWED_HOSTS', allows: operator };
  if (patterns === null) return [ofOperator];
  try {
    return [
      ofOperator,
      { name: 'limits.fetch.allowedHosts', allows: compileHostPatterns(patterns) },
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('INVALID_REQUEST', reason, {
      details: [{ path: 'limits.fetch.allowedHosts', reason }],
    });
  }
}

function ruleOf(cause: unknown): string | null {
  if (!(cause instanceof EgressFailure)) return null;
  return cause.rule ?? (cause.kind === 'quota' ? 'quota' : null);
}
