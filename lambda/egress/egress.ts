/** The egress layer: every byte that leaves the function on behalf of a caller or a guest. */

import type { GuestFetchRequest, GuestFetchResult, ImportedModule } from '../contract/protocol.ts';
import { compileHostPatterns } from '../settings/host-patterns.ts';
import type { FetchQuota } from '../settings/settings.ts';
import type { EgressRecord } from './audit.ts';
import { createDownloadCache } from './cache.ts';
import { createHttpClient } from './client.ts';
import { createConnector } from './connector.ts';
import { createDownloader } from './download.ts';
import { Lifetime } from './lifetime.ts';
import { createPolicy } from './policy.ts';
import { createSender } from './request.ts';
import type { Resolver } from './resolver.ts';
import { openSession } from './session.ts';

export type { EgressRecord } from './audit.ts';
export type { ResolvedAddress, Resolver } from './resolver.ts';

export interface EgressOptions {
  readonly codeAllowedHosts: readonly string[];
  readonly fetchAllowedHosts: readonly string[];
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
  readonly downloadTimeoutMs: number;
  /** The engine's version, which requests name in their User-Agent. */
  readonly version?: string;
  /** How names become addresses; DNS where it is absent, and for trusted origins the system's way. */
  readonly resolver?: Resolver;
  /** PEM certificates of authorities trusted besides Node.js's own. */
  readonly extraCa?: readonly string[];
  /** Hears of each outbound request, redirect hops and refused ones included, when it is over. */
  readonly onRequest?: (record: EgressRecord) => void;
}

export interface DownloadRequest {
  readonly url: string;
  readonly integrity: string | null;
  readonly runId: string;
  readonly signal: AbortSignal | null;
}

export interface Download {
  /** Final URL, after redirects. */
  readonly url: string;
  /** Shared with later downloads that a cache answers: not to be written to. */
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** Hex. */
  readonly sha256: string;
}

export interface FetchSessionOptions {
  readonly runId: string;
  readonly quota: FetchQuota;
  /** The request's own `limits.fetch.allowedHosts`: narrows the operator's; `null`: no narrowing. */
  readonly allowedHosts: readonly string[] | null;
  /**
   * Runs of one partition (the code's hash, say) share the cache of what they import; without one
   * the run shares it with none, so that no script learns from it what others have loaded.
   */
  readonly cachePartition?: string;
}

/** The outbound requests of one run. */
export interface FetchSession {
  /** Never rejects. */
  fetch(
    request: GuestFetchRequest,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<GuestFetchResult>;
  /** Loads an ES module for an `import`: under the *code* host list and download limits. Never rejects. */
  importModule(url: string, signal: AbortSignal): Promise<ImportedModule>;
  /** What `fetch` has used: attempts and redirect hops, bytes of bodies (decoded). */
  readonly counts: {
    readonly requests: number;
    readonly bytesSent: number;
    readonly bytesReceived: number;
  };
  /** Aborts what is under way; nothing of the session is left afterwards. */
  close(): void;
}

export interface Egress {
  /**
   * Downloads code, within `downloadTimeoutMs`.
   * @throws {EngineError} INVALID_REQUEST (a URL or integrity value that does not parse),
   *   URL_NOT_ALLOWED, CODE_TOO_LARGE, INTEGRITY_MISMATCH, DOWNLOAD_FAILED, DOWNLOAD_TIMEOUT
   */
  download(request: DownloadRequest): Promise<Download>;
  /** @throws {EngineError} INVALID_REQUEST where a pattern of `allowedHosts` does not parse */
  openSession(options: FetchSessionOptions): FetchSession;
  /** Destroys the connections of downloads; those of a session end with it. */
  close(): Promise<void>;
}

/** The modules of one run may have this many times what its own code may. */
const moduleGraphFactor = 4;

/** @throws {TypeError} naming the host pattern or trusted origin that does not parse */
export function createEgress(options: EgressOptions): Egress {
  const policy = createPolicy(options);
  const userAgent =
    options.version === undefined ? 'script-engine' : `script-engine/${options.version}`;
  const connect = createConnector({
    policy,
    resolve: options.resolver ?? null,
    extraCa: options.extraCa ?? [],
  });
  const openClient = () => createHttpClient(connect);
  const client = openClient();
  const cache = createDownloadCache();
  const sender = createSender(policy, options.onRequest ?? null);
  const download = createDownloader({
    sender,
    userAgent,
    hosts: compileHostPatterns(options.codeAllowedHosts),
    maxCodeBytes: options.maxCodeBytes,
    maxWasmBytes: options.maxWasmBytes,
  });
  const fetchHosts = compileHostPatterns(options.fetchAllowedHosts);
  const codeExchange = client.cachedBy(cache.partition('code'));

  return {
    async download({ url, integrity, runId, signal }) {
      const lifetime = new Lifetime(
        'The download',
        'ENGINE_DOWNLOAD_TIMEOUT_MS',
        options.downloadTimeoutMs,
        signal,
      );
      try {
        return await download({
          url,
          integrity,
          runId,
          purpose: 'code',
          lifetime,
          exchange: codeExchange,
        });
      } finally {
        lifetime.dispose();
      }
    },
    openSession: (session) =>
      openSession(session, {
        openClient,
        moduleExchange: (partition) => client.cachedBy(cache.partition(`import ${partition}`)),
        sender,
        download,
        userAgent,
        fetchHosts,
        maxModuleBytes: moduleGraphFactor * options.maxCodeBytes,
        importTimeoutMs: options.downloadTimeoutMs,
      }),
    close: () => client.close(),
  };
}
