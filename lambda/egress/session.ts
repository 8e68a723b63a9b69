import { EngineError } from '../contract/errors.ts';
import type {
  GuestFetchRequest,
  GuestFetchResponse,
  GuestFetchResult,
  ImportedModule,
} from '../contract/protocol.ts';
import { compileHostPatterns, type HostMatcher } from '../settings/host-patterns.ts';
import type { FetchQuota } from '../settings/settings.ts';
import { type Downloader, toEngineError } from './download.ts';
import { parseGuestRequest } from './guest-request.ts';
import { EgressFailure } from './policy/failure.ts';
import { Lifetime } from './policy/lifetime.ts';
import { QuotaAccount } from './quota.ts';
import type { OutboundResponse, Sender } from './request.ts';
import type { Exchange, HttpClient } from './transport/client.ts';
import { Turnstile } from './turnstile.ts';

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

export interface SessionServices {
  /**
   * Opens connections for one run. They are shared with no other: a server may tie a log-in to the
   * connection that it came on, and a connection that is already there tells of who was before.
   */
  readonly openClient: () => HttpClient;
  /** Loads a module through the cache of a partition. */
  readonly moduleExchange: (partition: string) => Exchange;
  readonly sender: Sender;
  readonly download: Downloader;
  readonly userAgent: string;
  /** The operator's list for `fetch`. */
  readonly fetchHosts: HostMatcher;
  /** The most that the modules imported by one run may have together. */
  readonly maxModuleBytes: number;
  readonly importTimeoutMs: number;
}

/** The modules that one run may import, and how many are loaded at a time. */
const maxModules = 1000;
const maxConcurrentModules = 8;

/** @throws {EngineError} INVALID_REQUEST where a pattern of `allowedHosts` does not parse */
export function openSession(options: FetchSessionOptions, services: SessionServices): FetchSession {
  const { runId, quota } = options;
  const hosts = narrowHosts(services.fetchHosts, options.allowedHosts);
  const account = new QuotaAccount(quota);
  const fetches = new Turnstile(quota.maxConcurrent);
  const imports = new Turnstile(maxConcurrentModules);
  const modules = { count: 0, bytes: 0 };
  const lifetimes = new Set<Lifetime>();
  let client: HttpClient | null = null;
  let closed = false;

  /** Works once there is a place, within a lifetime that ends with the session. */
  async function during<Result>(
    lifetime: Lifetime,
    turnstile: Turnstile,
    work: () => Promise<Result>,
  ): Promise<Result> {
    lifetimes.add(lifetime);
    try {
      if (closed) lifetime.end(runIsOver());
      await turnstile.enter(lifetime);
      try {
        return await work();
      } finally {
        turnstile.leave();
      }
    } finally {
      lifetime.dispose();
      lifetimes.delete(lifetime);
    }
  }

  async function send(
    request: GuestFetchRequest,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<OutboundResponse> {
    const parsed = parseGuestRequest(request, body, services.userAgent);
    // Counted before it waits: a line of any length would hold bodies of any size.
    const bodyBytes = parsed.body?.length ?? 0;
    const refused = account.admit(bodyBytes);
    if (refused !== null) throw refused;
    let hops = 0;
    const timeoutMs = Math.min(quota.timeoutMs, request.timeoutMs ?? quota.timeoutMs);
    const lifetime = new Lifetime('The request', 'timeoutMs', timeoutMs, signal);
    try {
      return await during(lifetime, fetches, () =>
        services.sender.send({
          ...parsed,
          runId,
          purpose: 'fetch',
          hosts,
          redirect: request.redirect,
          exchange(hop) {
            client ??= services.openClient();
            return client.send(hop);
          },
          admit(hop) {
            hops += 1;
            return lifetime.failure ?? (hops === 1 ? null : account.admit(hop.body?.length ?? 0));
          },
          limits: {
            lifetime,
            maxBytes: quota.maxResponseBytes,
            onSend: (bodyBytes) => account.send(bodyBytes),
            keepsBody: () => true,
            meter: (chunk, total) => account.receive(chunk.length, total),
            overflow: () => account.responseTooLarge(),
          },
        }),
      );
    } finally {
      if (hops === 0) account.giveBack(bodyBytes);
    }
  }

  async function load(url: string, signal: AbortSignal) {
    modules.count += 1;
    if (modules.count > maxModules) {
      throw new EngineError(
        'DOWNLOAD_FAILED',
        `A run may import no more than ${maxModules} modules.`,
      );
    }
    const lifetime = new Lifetime(
      'The import',
      'ENGINE_DOWNLOAD_TIMEOUT_MS',
      services.importTimeoutMs,
      signal,
    );
    const module = await during(lifetime, imports, () =>
      services.download({
        url,
        integrity: null,
        runId,
        purpose: 'import',
        lifetime,
        // Without a partition of its own a run shares what it imports with no other.
        exchange: services.moduleExchange(options.cachePartition ?? runId),
      }),
    );
    modules.bytes += module.bytes.length;
    if (modules.bytes > services.maxModuleBytes) {
      throw new EngineError(
        'CODE_TOO_LARGE',
        `The modules of this run are over ${services.maxModuleBytes} bytes together.`,
      );
    }
    return module;
  }

  return {
    counts: account.counts,
    async fetch(request, body, signal) {
      try {
        const response = await send(request, body, signal);
        return { ok: true, response: toGuestResponse(response), body: response.body };
      } catch (error) {
        const { kind, message, causeCode } = asFailure(error);
        return { ok: false, error: { kind, message, causeCode } };
      }
    },
    async importModule(url, signal) {
      try {
        const module = await load(url, signal);
        return { ok: true, url: module.url, contentType: module.contentType, source: module.bytes };
      } catch (error) {
        const { code, message } =
          error instanceof EngineError ? error : toEngineError(asFailure(error));
        return { ok: false, code, message };
      }
    },
    close() {
      closed = true;
      for (const lifetime of lifetimes) lifetime.end(runIsOver());
      void client?.close();
    },
  };
}

function narrowHosts(operator: HostMatcher, patterns: readonly string[] | null): HostMatcher {
  if (patterns === null) return operator;
  try {
    const narrowed = compileHostPatterns(patterns);
    return (hostname) => operator(hostname) && narrowed(hostname);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('INVALID_REQUEST', reason, {
      details: [{ path: 'limits.fetch.allowedHosts', reason }],
    });
  }
}

function runIsOver(): EgressFailure {
  return new EgressFailure('aborted', 'The run is over.');
}

/** A defect of the engine is told to the guest as a failure without particulars. */
function asFailure(error: unknown): EgressFailure {
  return error instanceof EgressFailure
    ? error
    : new EgressFailure('network', 'The request failed.', { cause: error });
}

function toGuestResponse(response: OutboundResponse): GuestFetchResponse {
  return {
    status: response.status,
    statusText: response.statusText,
    headers: headerPairs(response.rawHeaders),
    url: response.url,
    redirected: response.redirected,
  };
}

/** Names and values in turn, as they came on the wire: bytes, which header values are to `fetch`. */
function headerPairs(raw: OutboundResponse['rawHeaders']): readonly (readonly [string, string])[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
  return texts.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? ''] as const] : [],
  );
}
