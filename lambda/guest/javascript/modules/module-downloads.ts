/** The downloads of the modules of one run, within the limits of all of them together. */

import type { GuestImportRequest, ImportedModule } from '../../../contract/calls.ts';
import { syntaxMessage, unsupportedSyntax } from '../errors/unsupported-syntax.ts';
import type { ImportProblem } from './import-failure.ts';
import {
  type DownloadedModule,
  type ImportRequest,
  InvalidJson,
  InvalidModule,
  InvalidSyntax,
  type ModuleType,
  type SourceModule,
} from './module-source.ts';

/** Of all modules of one run together, the code itself not counted. */
const MAX_TOTAL_BYTES = 20 * 1024 * 1024;

/** Reads what was downloaded. @throws {InvalidModule} */
export type ReadDownload = (
  downloaded: DownloadedModule,
  type: ModuleType | 'required',
) => Promise<SourceModule>;

/** What is known of the modules of a run; downloads add to it. */
export interface KnownModules {
  /** By final URL. */
  readonly modules: Map<string, SourceModule>;
  /** Final URL, after redirects, by requested URL. */
  readonly finalUrls: Map<string, string>;
  readonly firstRequests: Map<string, ImportRequest>;
  /** By who chose it, type and requested URL. */
  readonly downloads: Map<string, Promise<SourceModule | ImportProblem>>;
  /** Of all modules together, the code itself not counted. */
  bytes: number;
}

type DownloadOne = (
  asked: GuestImportRequest,
  request: ImportRequest,
) => Promise<SourceModule | ImportProblem>;

export function createDownloads(
  known: KnownModules,
  maxModules: number,
  download: (request: GuestImportRequest) => Promise<ImportedModule>,
  read: ReadDownload,
): DownloadOne {
  const { modules, finalUrls, firstRequests, downloads } = known;

  return downloadOne;

  function downloadOne(
    asked: GuestImportRequest,
    request: ImportRequest,
  ): Promise<SourceModule | ImportProblem> {
    const key = `${request.isRequire ? 'required' : request.type} ${asked.url}`;
    // A literal never shares the fate of a computed specifier, which more rules hold.
    const underWay =
      downloads.get(`literal ${key}`) ??
      (asked.computed ? downloads.get(`computed ${key}`) : undefined);
    if (underWay !== undefined) return underWay;
    if (downloads.size >= maxModules) {
      return Promise.resolve(
        problem(`the program imports more than ${maxModules} modules (limits.imports.maxModules)`),
      );
    }
    const started = get(asked, request);
    downloads.set(`${asked.computed ? 'computed' : 'literal'} ${key}`, started);
    return started;
  }

  async function get(
    { url, computed }: GuestImportRequest,
    request: ImportRequest,
  ): Promise<SourceModule | ImportProblem> {
    const answer = await download({ url, computed });
    if (!answer.ok) {
      return { cause: answer.message, causeCode: answer.code, rule: answer.rule };
    }
    known.bytes += answer.bytes;
    if (known.bytes > MAX_TOTAL_BYTES) {
      return problem(`the modules have more than ${MAX_TOTAL_BYTES} bytes together`);
    }
    finalUrls.set(url, answer.url);
    const loaded = modules.get(answer.url);
    if (loaded !== undefined && fits(loaded, request)) return loaded;
    try {
      const module = await read(answer, request.isRequire ? 'required' : request.type);
      const other = modules.get(answer.url);
      if (other !== undefined && fits(other, request)) return other;
      if (other !== undefined) return problem('it is imported both as JavaScript and as JSON');
      modules.set(answer.url, module);
      firstRequests.set(answer.url, request);
      return module;
    } catch (error) {
      return problemOf(answer.url, error);
    }
  }
}

/** Whether a module is of the type that an import asks for; `require` takes any. */
export function fits({ type }: SourceModule, request: ImportRequest): boolean {
  return request.isRequire === true || type === request.type;
}

export function problem(cause: string): ImportProblem {
  return { cause, causeCode: null };
}

/** @throws {unknown} whatever is no fault of the module */
function problemOf(url: string, error: unknown): ImportProblem {
  if (error instanceof InvalidJson) return { ...problem(error.message), errorName: 'SyntaxError' };
  if (error instanceof InvalidSyntax) return syntaxProblem(url, error);
  if (error instanceof InvalidModule) return problem(error.message);
  throw error;
}

function syntaxProblem(url: string, { message, source, position }: InvalidSyntax): ImportProblem {
  const { line, column } = position;
  const text = syntaxMessage(message, unsupportedSyntax(source, position));
  return {
    cause: `SyntaxError: ${text} (${url}:${line}:${column})`,
    causeCode: 'SYNTAX_ERROR',
    place: { url, source, ...position },
  };
}
