/**
 * Egress: every byte that leaves the function for a caller or a guest. The order of its files is the
 * way of a request, and each file says its step:
 *
 * 1. Who asks: `download.ts` for code (`pins`, `integrity`), `session.ts` for a run's fetches (`fetch/`,
 *    `quota`) and imports (`module-loader`, `import-rules`), which wait at a `turnstile` and end with
 *    the run's `scope`.
 * 2. The request: `request.ts` follows redirects (`redirect`), has the policy judge each hop, and
 *    records it (`audit`).
 *    For fetches, `credentials/` adds to a hop what the operator says, once the policy allows it.
 * 3. The hop: `transport/client.ts` sends it on a connection, or answers it from the `cache`.
 * 4. The connection: `transport/connector.ts` resolves the name (`resolver`) and checks each address.
 * 5. The response: `transport/decompress.ts` decodes it, `exchange.ts` holds it to the hop's limits,
 *    `body.ts` gathers it, `body-flow.ts` hands it on as it is read.
 *
 * `policy/` stands beside all steps: rules, time limits and failures. Only later files of this order
 * are imported, and policy/ by all.
 */

import type { CredentialSetting } from '../settings/credentials.ts';
import { compileHostPatterns } from '../settings/host-patterns.ts';
import type { EgressRecord } from './audit.ts';
import { type Credentials, createCredentials } from './credentials/credentials.ts';
import { createSecretStore, type SecretStore } from './credentials/secrets.ts';
import {
  createCodeDownloader,
  createDownloader,
  type Download,
  type DownloadRequest,
} from './download.ts';
import { Pins } from './pins.ts';
import { Lifetime } from './policy/lifetime.ts';
import { createPolicy } from './policy/policy.ts';
import { createSender } from './request.ts';
import { type FetchSession, type FetchSessionOptions, openSession } from './session.ts';
import { createDownloadCache } from './transport/cache.ts';
import { createHttpClient } from './transport/client.ts';
import { createConnector } from './transport/connector.ts';
import type { Resolver } from './transport/resolver.ts';

export type { EgressRecord } from './audit.ts';
export type { ResolvedAddress } from './transport/resolver.ts';

export interface EgressOptions {
  readonly codeAllowedHosts: readonly string[];
  readonly fetchAllowedHosts: readonly string[];
  readonly inlineCode: boolean;
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  /** Whether refusals name the setting that local work needs. */
  readonly local?: boolean;
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
  readonly downloadTimeoutMs: number;
  /** The engine's version, which requests name in their User-Agent. */
  readonly version?: string;
  /** Resolves names; where absent, DNS does, and for trusted origins the system. */
  readonly resolver?: Resolver;
  /** PEM certificates of authorities that it trusts besides Node.js's own. */
  readonly extraCa?: readonly string[];
  /** What the host adds to fetches; none, where absent. */
  readonly credentials?: readonly CredentialSetting[];
  /** Where secrets of credentials are read; the process's environment and Secrets Manager, where absent. */
  readonly secrets?: SecretStore;
  /** Told of a secret that cannot be had. */
  readonly onSecretFailure?: (message: string) => void;
  /** Called when an outbound request is over, also for each redirect hop and each refused one. */
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

/** The modules of one run together may have this many times the bytes of one of them. */
const MAX_MODULE_BYTES_FACTOR = 4;

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
  const codeHosts = compileHostPatterns(options.codeAllowedHosts);
  const download = createDownloader(sender, userAgent);
  const downloadCode = createCodeDownloader(download, codeHosts, options);
  const fetchHosts = compileHostPatterns(options.fetchAllowedHosts);
  const credentials = credentialsOf(options);
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
        return await downloadCode({
          url,
          pins: integrity === null ? null : new Pins(integrity, url),
          runId,
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
        credentials,
        codeHosts,
        inlineCode: options.inlineCode,
        maxModuleBytes: options.maxCodeBytes,
        maxTotalModuleBytes: MAX_MODULE_BYTES_FACTOR * options.maxCodeBytes,
        importTimeoutMs: options.downloadTimeoutMs,
      }),
    close: () => client.close(),
  };
}

function credentialsOf(options: EgressOptions): Credentials | null {
  const { credentials = [], secrets, onSecretFailure = () => {} } = options;
  if (credentials.length === 0) return null;
  const store = secrets ?? createSecretStore({ env: process.env, onStale: onSecretFailure });
  return createCredentials(credentials, store, onSecretFailure);
}
