/**
 * The texts of code that the sandbox has run, by hash: the host need not send them again, and they are
 * not read again for what they import.
 */

import { LRUCache } from 'lru-cache';
import {
  checkContentType,
  checkText,
  type DownloadedModule,
  decodeModule,
  isModule,
  type ModuleType,
  readModule,
  type SourceModule,
} from '../modules/module-source.ts';
import { prepareSource } from '../source/prepare-source.ts';
import type { PreparedSource, SourceKind } from '../source/prepared-source.ts';

interface KeptSource {
  readonly text: string;
  /** Of the code itself; `null` until somebody has asked. */
  kind: SourceKind | null;
  readonly prepared: { [kind in SourceKind]?: PreparedSource };
  /** By type and URL. */
  readonly readings: Map<string, SourceModule>;
}

/** The code itself. */
export interface EntrySource {
  readonly text: string;
  readonly kind: SourceKind;
  /** What QuickJS is given of it. */
  readonly prepared: PreparedSource;
  /** The code as a module. */
  read(): SourceModule;
}

/** The host counts these hashes, too: see `sandbox/message.ts`. */
const MAX_SOURCES = 900;
/** A text that is served at more URLs is read anew at each of the others. */
const MAX_READINGS = 16;

const utf8 = new TextDecoder();

export class KeptSources {
  readonly #kept: LRUCache<string, KeptSource> | null;
  /** Used in the run under way. They are kept when it ends: until then the host counts on what it knows. */
  readonly #used = new Map<string, KeptSource>();

  /** @param maxBytes of all texts together; 0 to keep none */
  constructor(maxBytes: number) {
    this.#kept =
      maxBytes === 0
        ? null
        : new LRUCache<string, KeptSource>({
            max: MAX_SOURCES,
            maxSize: maxBytes,
            sizeCalculation: ({ text }) => 2 * text.length + 1,
          });
  }

  /**
   * @param code empty where the host knows that it is kept
   * @returns a promise only where the source has to be parsed
   */
  entry(url: string, sha256: string, code: Uint8Array): EntrySource | Promise<EntrySource> {
    const source = this.#obtain(sha256, () => utf8.decode(code));
    source.kind ??= isModule(source.text) ? 'module' : 'script';
    const { text, kind } = source;
    const withPrepared = (prepared: PreparedSource): EntrySource => ({
      text,
      kind,
      prepared,
      read: () => read(source, sha256, url, 'javascript', prepared),
    });
    const prepared = prepare(source, kind);
    return prepared instanceof Promise ? prepared.then(withPrepared) : withPrepared(prepared);
  }

  /** @throws {InvalidModule} it is not what the import asks for */
  async module(downloaded: DownloadedModule, type: ModuleType): Promise<SourceModule> {
    const { url, sha256 } = downloaded;
    checkContentType(downloaded, type);
    const source = this.#obtain(sha256, () => decodeModule(downloaded.body));
    const prepared =
      type === 'json' ? { text: source.text, positions: null } : await prepare(source, 'module');
    return read(source, sha256, url, type, prepared);
  }

  /** The run under way is over. */
  settle(): void {
    if (this.#used.size === 0) return;
    for (const [sha256, source] of this.#used) this.#kept?.set(sha256, source);
    this.#used.clear();
  }

  hashes(): readonly string[] {
    return this.#kept === null ? [] : [...this.#kept.keys()];
  }

  #obtain(sha256: string, decode: () => string): KeptSource {
    const known = this.#used.get(sha256) ?? this.#kept?.get(sha256);
    if (known !== undefined) return known;
    const source: KeptSource = {
      text: decode(),
      kind: null,
      prepared: {},
      readings: new Map(),
    };
    if (this.#kept !== null && sha256 !== '') this.#used.set(sha256, source);
    return source;
  }
}

function prepare(source: KeptSource, kind: SourceKind): PreparedSource | Promise<PreparedSource> {
  const known = source.prepared[kind];
  if (known !== undefined) return known;
  const keep = (prepared: PreparedSource): PreparedSource => {
    source.prepared[kind] = prepared;
    return prepared;
  };
  const prepared = prepareSource(source.text, kind);
  return prepared instanceof Promise ? prepared.then(keep) : keep(prepared);
}

function read(
  source: KeptSource,
  sha256: string,
  url: string,
  type: ModuleType,
  prepared: PreparedSource,
): SourceModule {
  const key = `${type} ${url}`;
  const known = source.readings.get(key);
  if (known !== undefined) return known;
  checkText(source.text, type);
  const module = readModule(url, type, { source: source.text, prepared, sha256 });
  if (source.readings.size < MAX_READINGS) source.readings.set(key, module);
  return module;
}
