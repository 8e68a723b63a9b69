/** The egress layer: every byte that leaves the function on behalf of a caller or a guest. */

import { compileHostPatterns } from '../settings/host-patterns.ts';
import type { EgressRecord } from './audit.ts';
import { createDownloader, type Download, type DownloadRequest } from './download.ts';
import { Lifetime } from './policy/lifetime.ts';
import { createPolicy } from './policy/policy.ts';
import { createSender } from './request.ts';
import { type FetchSession, type FetchSessionOptions, openSession } from './session.ts';
import { createDownloadCache } from './transport/cache.ts';
import { createHttpClient } from './transport/client.ts';
import { createConnector } from './transport/connector.ts';
import type { Resolver } from './transport/resolver.ts';

export type { EgressRecord } from './audit.ts';
export type { FetchSession } from './session.ts';
export type { ResolvedAddress, Resolver } from './transport/resolver.ts';

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
