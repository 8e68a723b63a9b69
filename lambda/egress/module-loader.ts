/** Step 1 of egress, who asks: the modules that one run imports. */

import {
  type GuestImportRequest,
  MAX_SOURCE_MAP_BYTES,
  MAX_SOURCE_MAPS,
} from '../contract/calls.ts';
import { EngineError } from '../contract/errors.ts';
import { isInlineUrl } from '../contract/inline.ts';
import type { HostMatcher } from '../settings/host-patterns.ts';
import { decodeDataUrl } from './data-url.ts';
import { type Downloader, type Resource, toEngineError } from './download.ts';
import {
  createImportRules,
  type HostList,
  type ImportOptions,
  type ImportRules,
} from './import-rules.ts';
import { PinnedPath } from './pins.ts';
import { EgressFailure } from './policy/failure.ts';
import { Lifetime } from './policy/lifetime.ts';
import { refusal } from './policy/policy.ts';
import type { QuotaAccount } from './quota.ts';
import type { RunScope } from './scope.ts';
import type { Exchange } from './transport/client.ts';
import type { HopLimits } from './transport/exchange.ts';
import { Turnstile } from './turnstile.ts';

export interface ModuleServices {
  /** Loads a module through the cache of a partition. */
  readonly moduleExchange: (partition: string) => Exchange;
  readonly download: Downloader;
  /** The operator's hosts of code. */
  readonly codeHosts: HostMatcher;
  /** Whether code may come with a request or another code, as that of `data:` URLs does. */
  readonly inlineCode: boolean;
  /** The most bytes that one module may have. */
  readonly maxModuleBytes: number;
  /** The most bytes that may arrive for all modules of one run, those that are refused included. */
  readonly maxTotalModuleBytes: number;
  readonly importTimeoutMs: number;
}

/** What a run's `fetch` has: a computed import is one of the run's requests. */
export interface RunRequests {
  readonly account: Pick<QuotaAccount, 'admit' | 'receive'>;
  readonly hosts: readonly HostList[];
  readonly turnstile: Turnstile;
  readonly timeoutMs: number;
  /** Connections of this run, without a cache: what a run chooses must not tell the next one. */
  readonly exchange: Exchange;
}

export interface ImportCounts {
  /** Redirects included, refused ones and what a cache answers too. */
  readonly requests: number;
  readonly bytesReceived: number;
  /** While at least one was under way. */
  readonly timeMs: number;
}

/** Modules that one run loads at a time. */
const MAX_CONCURRENT_MODULES = 8;

/** Loads the modules that one run imports, within the limits of all of them together. */
export class ModuleLoader {
  readonly #runId: string;
  readonly #partition: string;
  readonly #scope: RunScope;
  readonly #services: ModuleServices;
  readonly #requests: RunRequests;
  readonly #options: ImportOptions;
  readonly #turnstile = new Turnstile(MAX_CONCURRENT_MODULES);
  /** Made for the first import: most runs have none. */
  #rules: ImportRules | null = null;
  #modules = 0;
  #sourceMaps = 0;
  #hops = 0;
  #bytes = 0;
  #underWay = 0;
  #sinceMs = 0;
  #timeMs = 0;

  /** @param partition of the cache */
  constructor(
    runId: string,
    partition: string,
    scope: RunScope,
    options: ImportOptions,
    requests: RunRequests,
    services: ModuleServices,
  ) {
    this.#runId = runId;
    this.#partition = partition;
    this.#scope = scope;
    this.#options = options;
    this.#requests = requests;
    this.#services = services;
  }

  get counts(): ImportCounts {
    const sinceMs = this.#underWay === 0 ? 0 : performance.now() - this.#sinceMs;
    return { requests: this.#hops, bytesReceived: this.#bytes, timeMs: this.#timeMs + sinceMs };
  }

  /** @throws {EngineError} as a download does, or where the run has imported too much */
  async load(request: GuestImportRequest, signal: AbortSignal): Promise<Resource> {
    this.#modules += 1;
    const { maxModules } = this.#options;
    if (this.#modules > maxModules) {
      throw new EngineError(
        'DOWNLOAD_FAILED',
        `This run may import no more than ${maxModules} modules.`,
      );
    }
    if (/^data:/i.test(request.url)) return this.#decode(request);
    if (isInlineUrl(request.url)) return await this.#provide(request);
    if (this.#underWay === 0) this.#sinceMs = performance.now();
    this.#underWay += 1;
    try {
      return await this.#download(request, signal);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#timeMs += performance.now() - this.#sinceMs;
    }
  }

  /**
   * Loads a source map of the code or of a module: held to the rules of imports, but that it needs no
   * pin, and counted with none of them.
   * @throws {EngineError} as a download does
   */
  async sourceMap(url: string, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#sourceMaps += 1;
    const { download, moduleExchange, codeHosts } = this.#services;
    const tooMany = new EgressFailure('quota', `A run has at most ${MAX_SOURCE_MAPS} source maps.`);
    const tooLarge = new EgressFailure('too-large', 'The source map is too large.');
    if (this.#sourceMaps > MAX_SOURCE_MAPS) throw toEngineError(tooMany);
    const lifetime = new Lifetime('The source map', 'timeLeftMs', timeoutMs, signal);
    const { bytes } = await this.#scope.during(lifetime, this.#turnstile, () =>
      download({
        url,
        runId: this.#runId,
        purpose: 'source-map',
        hosts: codeHosts,
        exchange: moduleExchange(this.#partition),
        lifetime,
        pins: null,
        limits: {
          maxBytes: MAX_SOURCE_MAP_BYTES,
          meter: (_, total) => (total > MAX_SOURCE_MAP_BYTES ? tooLarge : null),
          arrive: () => null,
          overflow: () => tooLarge,
        },
        admit: () => null,
        judge: (hop) => this.#rulesOfRun().judge(hop, false, true),
      }),
    );
    return bytes;
  }

  /** What stands in the code as a literal is part of the code, whatever holds its imports. */
  #decode({ url, computed }: GuestImportRequest): Resource {
    const { inlineCode, maxModuleBytes } = this.#services;
    if (!inlineCode) {
      throw toEngineError(
        refusal('scheme', 'Code may not come in a data: URL where hosts of code are restricted.'),
      );
    }
    this.#judgeUnsent(computed);
    const resource = decodeDataUrl(url);
    if (resource === null) {
      throw toEngineError(new EgressFailure('network', 'It is not a valid data: URL.'));
    }
    if (resource.bytes.length > maxModuleBytes) throw toEngineError(this.#overflow());
    return resource;
  }

  /** Code behaves the same in a request and at a URL: its imports have the same limits. */
  async #provide({ url, computed }: GuestImportRequest): Promise<Resource> {
    this.#judgeUnsent(computed);
    const [path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(url)?.slice(1) ?? [];
    const bytes = this.#options.inlineModules.get(path);
    if (bytes === undefined) {
      throw toEngineError(new EgressFailure('network', 'The request has no such module.'));
    }
    this.#hops += 1;
    const { limits } = this.#limitsOf(computed);
    const refused =
      (computed ? this.#requests.account.admit(0) : null) ??
      limits.meter(bytes, bytes.length) ??
      limits.arrive(bytes.length);
    if (refused !== null) throw toEngineError(refused);
    if (this.#options.pins !== null) {
      const pinned = new PinnedPath(this.#options.pins);
      await pinned.begin(new URL(url));
      await pinned.verify(bytes, 'module');
    }
    return { url: path + query, bytes, contentType: null };
  }

  /** @throws {EngineError} */
  #judgeUnsent(computed: boolean): void {
    const refused = computed ? this.#rulesOfRun().judgeUnsent() : null;
    if (refused !== null) throw toEngineError(refused);
  }

  #rulesOfRun(): ImportRules {
    this.#rules ??= createImportRules(this.#options, this.#requests.hosts);
    return this.#rules;
  }

  #download({ url, computed }: GuestImportRequest, signal: AbortSignal): Promise<Resource> {
    const { download, moduleExchange, codeHosts } = this.#services;
    const { account, turnstile, exchange } = this.#requests;
    const lifetime = this.#lifetimeOf(computed, signal);
    const rules = this.#rulesOfRun();
    const { limits, restart } = this.#limitsOf(computed);
    return this.#scope.during(lifetime, computed ? turnstile : this.#turnstile, () =>
      download({
        url,
        runId: this.#runId,
        purpose: 'import',
        hosts: codeHosts,
        exchange: computed ? exchange : moduleExchange(this.#partition),
        lifetime,
        pins: this.#options.pins,
        limits,
        admit: () => {
          restart();
          this.#hops += 1;
          return this.#overTotal() ?? (computed ? account.admit(0) : null);
        },
        judge: (hop, isPinned) => rules.judge(hop, computed, isPinned),
      }),
    );
  }

  #lifetimeOf(computed: boolean, signal: AbortSignal): Lifetime {
    const { importTimeoutMs } = this.#services;
    const { timeoutMs } = this.#requests;
    return computed && timeoutMs < importTimeoutMs
      ? new Lifetime('The import', 'timeoutMs', timeoutMs, signal)
      : new Lifetime('The import', 'ENGINE_DOWNLOAD_TIMEOUT_MS', importTimeoutMs, signal);
  }

  /** @returns the limits of one import, and what to call before each of its hops */
  #limitsOf(computed: boolean): {
    readonly limits: Pick<HopLimits, 'maxBytes' | 'meter' | 'arrive' | 'overflow'>;
    restart(): void;
  } {
    const { maxModuleBytes } = this.#services;
    const { account } = this.#requests;
    const overflow = (): EgressFailure => this.#overflow();
    /** Of this hop: those of the stage of decoding that has seen the most. */
    let counted = 0;
    return {
      restart() {
        counted = 0;
      },
      limits: {
        maxBytes: maxModuleBytes,
        overflow,
        meter: (_, total) => (total > maxModuleBytes ? overflow() : null),
        arrive: (bytes) => {
          const more = bytes - counted;
          if (more <= 0) return null;
          counted = bytes;
          this.#bytes += more;
          const refused = computed ? account.receive(more, bytes) : null;
          return this.#overTotal() ?? refused;
        },
      },
    };
  }

  #overflow(): EgressFailure {
    const { maxModuleBytes } = this.#services;
    return new EgressFailure(
      'too-large',
      `The module is over the limit of ${maxModuleBytes} bytes (ENGINE_MAX_CODE_BYTES).`,
    );
  }

  #overTotal(): EgressFailure | null {
    const { maxTotalModuleBytes } = this.#services;
    return this.#bytes > maxTotalModuleBytes
      ? new EgressFailure(
          'too-large',
          `The modules of this run are over ${maxTotalModuleBytes} bytes together.`,
        )
      : null;
  }
}
