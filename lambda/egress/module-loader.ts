/** Step 1 of egress, who asks: the modules that one run imports. */

import { EngineError } from '../contract/errors.ts';
import type { Download, Downloader } from './download.ts';
import { Lifetime } from './policy/lifetime.ts';
import type { RunScope } from './scope.ts';
import type { Exchange } from './transport/client.ts';
import { Turnstile } from './turnstile.ts';

export interface ModuleServices {
  /** Loads a module through the cache of a partition. */
  readonly moduleExchange: (partition: string) => Exchange;
  readonly download: Downloader;
  /** The most bytes that the modules imported by one run may have together. */
  readonly maxModuleBytes: number;
  readonly importTimeoutMs: number;
}

/** Modules that one run may import. */
const MAX_MODULES = 1000;
/** Modules that one run loads at a time. */
const MAX_CONCURRENT_MODULES = 8;

/** Loads the modules that one run imports, within the limits of all of them together. */
export class ModuleLoader {
  readonly #runId: string;
  readonly #partition: string;
  readonly #scope: RunScope;
  readonly #services: ModuleServices;
  readonly #turnstile = new Turnstile(MAX_CONCURRENT_MODULES);
  #modules = 0;
  #bytes = 0;

  /** @param partition of the cache */
  constructor(runId: string, partition: string, scope: RunScope, services: ModuleServices) {
    this.#runId = runId;
    this.#partition = partition;
    this.#scope = scope;
    this.#services = services;
  }

  /** @throws {EngineError} as a download does, or where the run has imported too much */
  async load(url: string, signal: AbortSignal): Promise<Download> {
    this.#modules += 1;
    if (this.#modules > MAX_MODULES) {
      throw new EngineError(
        'DOWNLOAD_FAILED',
        `A run may import no more than ${MAX_MODULES} modules.`,
      );
    }
    const { download, moduleExchange, importTimeoutMs, maxModuleBytes } = this.#services;
    const lifetime = new Lifetime(
      'The import',
      'ENGINE_DOWNLOAD_TIMEOUT_MS',
      importTimeoutMs,
      signal,
    );
    const module = await this.#scope.during(lifetime, this.#turnstile, () =>
      download({
        url,
        integrity: null,
        runId: this.#runId,
        purpose: 'import',
        lifetime,
        exchange: moduleExchange(this.#partition),
      }),
    );
    this.#bytes += module.bytes.length;
    if (this.#bytes > maxModuleBytes) {
      throw new EngineError(
        'CODE_TOO_LARGE',
        `The modules of this run are over ${maxModuleBytes} bytes together.`,
      );
    }
    return module;
  }
}
