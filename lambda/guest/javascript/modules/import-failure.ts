/** A failed import: which one, where it stands, and why, so that its author can mend it. */

import type { Json } from '../../../contract/errors.ts';
import { codeFrame, type Position } from '../errors/source-text.ts';
import { type PreparedSource, positionIn } from '../source/prepared-source.ts';
import { findDynamicImport, type ImportRequest } from './module-source.ts';

export type ImportErrorName = 'SyntaxError' | 'TypeError';

export class ImportFailure extends Error {
  /** Of the error that the guest sees. */
  readonly errorName: ImportErrorName;
  readonly details: { readonly [name: string]: Json };
  /** The importing line as QuickJS writes a stack frame, where it is known. */
  readonly frame: string | null;

  constructor(
    message: string,
    details: ImportFailure['details'],
    frame: string | null,
    errorName: ImportErrorName,
  ) {
    super(message);
    this.errorName = errorName;
    this.details = details;
    this.frame = frame;
  }
}

export interface ImportProblem {
  readonly cause: string;
  /** Code of the download's failure, or `SYNTAX_ERROR`. */
  readonly causeCode: string | null;
  /** `TypeError` where it is left out. */
  readonly errorName?: ImportErrorName;
  /** The rule of the outbound policy that refused it. */
  readonly rule?: string | null;
  /** Where in the imported module, if it is there. */
  readonly place?: ModulePlace | null;
}

interface ModulePlace extends Position {
  readonly url: string;
  readonly source: string;
}

/** The importing code. */
interface Importer {
  readonly source: string;
  readonly javascript: PreparedSource;
}

/** @param code that imports, where the host has it */
export function importFailure(
  request: ImportRequest,
  code: Importer | undefined,
  { cause, causeCode, errorName = 'TypeError', rule = null, place = null }: ImportProblem,
): ImportFailure {
  const { specifier, importer } = request;
  const position = code === undefined ? null : positionOf(request, code.javascript);
  const at = position === null ? importer : `${importer}:${position.line}:${position.column}`;
  return new ImportFailure(
    `Cannot import "${specifier}" (${at}): ${cause}`,
    {
      specifier,
      importer,
      line: position?.line ?? null,
      column: position?.column ?? null,
      frame: code === undefined || position === null ? null : codeFrame(code.source, position),
      cause,
      causeCode,
      rule,
      ...(place === null ? {} : { module: describePlace(place) }),
    },
    position === null ? null : `    at ${at}`,
    errorName,
  );
}

function positionOf(
  { specifier, offset }: ImportRequest,
  javascript: PreparedSource,
): Position | null {
  const found = offset ?? findDynamicImport(javascript.text, specifier);
  return found === null ? null : positionIn(javascript, found);
}

function describePlace({ url, line, column, source }: ModulePlace): Json {
  return { url, line, column, frame: codeFrame(source, { line, column }) };
}
