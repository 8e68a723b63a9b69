/** ES modules from URLs: the graph is downloaded in parallel before any of it is evaluated. */

import { init, parse } from 'es-module-lexer';
import type { GuestError } from '../../sandbox/protocol.ts';
import type { RunHost } from '../runtime.ts';
import type { Realm } from './realm.ts';
import { RunFailure } from './run-failure.ts';

/** Caps of one run's graph, the entry module not counted. */
const MAX_MODULES = 256;
const MAX_TOTAL_BYTES = 20 * 1024 * 1024;

/** Where an import stands, for messages. */
interface Importer {
  readonly url: string;
  readonly line: number;
}

interface Request {
  readonly url: string;
  readonly specifier: string;
  readonly importer: Importer;
  /** A dynamic import: a failure is the guest's to catch. */
  readonly optional: boolean;
}

/** Loads the lexer; call it once before {@link isModule}. */
export async function prepareLexer(): Promise<void> {
  await init();
}

/** Whether the source has an `import` or `export` declaration, or `import.meta`. */
export function isModule(source: string): boolean {
  if (!/\b(?:import|export)\b/.test(source)) return false;
  try {
    return parse(source)[3];
  } catch {
    // Not lexable: the engine reports the syntax error, as that of a script.
    return /^\s*(?:import\b(?!\s*\()|export\b)/m.test(source);
  }
}

/**
 * Downloads what the entry module imports, and what that imports, and makes it known to the realm.
 * @throws {RunFailure} IMPORT_FAILED
 */
export async function loadModuleGraph(
  realm: Realm,
  entryUrl: string,
  entrySource: string,
  host: RunHost,
): Promise<void> {
  const sources = new Map<string, string>([[entryUrl, entrySource]]);
  const failures = new Map<string, string>();
  /** Requested URL to the URL that its redirects led to. */
  const finalUrls = new Map<string, string>();
  let totalBytes = 0;

  async function load(request: Request): Promise<void> {
    const { url, importer } = request;
    if (sources.has(url) || finalUrls.has(url)) return;
    finalUrls.set(url, url);
    if (finalUrls.size > MAX_MODULES) {
      throw importFailed(request, `the program imports more than ${MAX_MODULES} modules`);
    }
    const module = await host.importModule(url);
    if (!module.ok) {
      failures.set(url, module.message);
      if (request.optional) return;
      throw importFailed(request, module.message, module.code);
    }
    totalBytes += module.source.length;
    if (totalBytes > MAX_TOTAL_BYTES) {
      throw importFailed(request, `the modules have more than ${MAX_TOTAL_BYTES} bytes together`);
    }
    finalUrls.set(url, module.url);
    if (sources.has(module.url)) return;
    const source = decode(module.source);
    if (source === null) throw importFailed({ ...request, importer }, 'it is not UTF-8 text');
    sources.set(module.url, source);
    await loadImports(module.url, source);
  }

  async function loadImports(url: string, source: string): Promise<void> {
    await Promise.all(importsOf(url, source).map(load));
  }

  await loadImports(entryUrl, entrySource);
  realm.setModuleLoader(
    (url) =>
      sources.get(url) ??
      new Error(`Cannot import ${url}: ${failures.get(url) ?? 'it was not loaded'}`),
    (base, specifier) => {
      const url = resolveSpecifier(base, specifier);
      if (url === null) return new Error(`Cannot resolve "${specifier}" from ${base}`);
      return finalUrls.get(url) ?? url;
    },
  );
}

function importsOf(url: string, source: string): Request[] {
  const requests: Request[] = [];
  let imports: ReturnType<typeof parse>[0];
  try {
    [imports] = parse(source);
  } catch {
    return requests; // The realm reports the syntax error.
  }
  for (const entry of imports) {
    if (entry.type === 'import-meta' || entry.specifier === undefined) continue;
    if (entry.type === 'dynamic' && entry.glob) continue;
    const optional = entry.type === 'dynamic';
    const importer = { url, line: lineOf(source, entry.importStart) };
    const target = resolveSpecifier(url, entry.specifier);
    if (target !== null) {
      requests.push({ url: target, specifier: entry.specifier, importer, optional });
    } else if (!optional) {
      const request = { url: '', specifier: entry.specifier, importer, optional };
      throw importFailed(request, 'a bare specifier names no URL; use a full or relative URL');
    }
  }
  return requests;
}

function resolveSpecifier(base: string, specifier: string): string | null {
  if (/^(?:\.{0,2}\/|https?:)/i.test(specifier)) return URL.parse(specifier, base)?.href ?? null;
  return null;
}

function importFailed(
  request: Request,
  cause: string,
  causeCode: string | null = null,
): RunFailure {
  const { specifier, importer } = request;
  const error: GuestError = {
    code: 'IMPORT_FAILED',
    name: 'ImportFailed',
    message: `Cannot import "${specifier}" (${importer.url}:${importer.line}): ${cause}`,
    stack: null,
    details: { specifier, importer: importer.url, line: importer.line, cause, causeCode },
  };
  return new RunFailure(error);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
