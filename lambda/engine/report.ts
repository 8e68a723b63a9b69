/** What a run has come to, as the execution that callers see. */

import { isUtf8 } from 'node:buffer';
import type { ErrorReport, Json } from '../contract/errors.ts';
import type { Execution, ExecutionMetadata, OutputFile } from '../contract/execution.ts';
import { urlAs } from '../contract/inline.ts';
import type { CodeType } from '../contract/languages.ts';
import type { LeftFile } from '../contract/protocol.ts';
import type { FetchSession } from '../egress/session.ts';
import type { SandboxResult } from '../sandbox/run.ts';

export type SessionCounts = Pick<FetchSession, 'counts' | 'importCounts'>;

export function report(
  result: SandboxResult,
  metadata: ExecutionMetadata,
  outputs: readonly string[],
  { counts, importCounts }: SessionCounts,
  fetchesRefused: number,
): Execution {
  const { codeType, outcome, truncated } = result;
  const failed = outcome.status === 'error';
  return {
    resultJson: failed ? 'null' : checkedJson(outcome.resultJson),
    // Decoded here rather than as it arrived: a character may be cut in two by a chunk's end.
    stdout: textOf(result.stdout),
    stderr: textOf(result.stderr),
    logs: result.logs,
    files: result.files.map(outputFile),
    error: failed ? errorReport(outcome.error, importCounts.timeMs) : null,
    metadata: {
      ...metadata,
      ...foundLanguage(metadata, codeType),
      executionTimeMs: rounded(result.executionTimeMs),
      cpuTimeMs: result.cpuTimeMs === null ? null : rounded(result.cpuTimeMs),
      memoryPeakBytes: result.memoryPeakBytes,
      exitCode: outcome.exitCode,
      fetch: { ...counts },
      imports: { ...importCounts, timeMs: rounded(importCounts.timeMs) },
      missingOutputs: missingOutputs(outputs, result.files),
      truncated: { ...truncated, error: failed && outcome.error.truncated === true },
    },
    fetchesRefused,
    items: null,
  };
}

/** What is said of the code once its run has told its language. @param codeType null: it has not */
export function foundLanguage(
  { url, codeType: expected, detectedBy }: ExecutionMetadata,
  codeType: CodeType | null,
): FoundLanguage {
  if (codeType === null || codeType === expected) return { url, codeType: expected, detectedBy };
  return { url: url === null ? null : urlAs(url, codeType), codeType, detectedBy: 'content' };
}

export type FoundLanguage = Pick<ExecutionMetadata, 'url' | 'codeType' | 'detectedBy'>;

export function missingOutputs(
  outputs: readonly string[],
  files: readonly LeftFile[],
): readonly string[] {
  if (outputs.length === 0) return outputs;
  const left = new Set(files.map(({ path }) => path));
  return outputs.filter((path) => !left.has(path));
}

export function outputFile({ path, size, content }: LeftFile): OutputFile {
  if (content === null) return { path, size };
  if (isUtf8(content)) return { path, size, content: textOf(content) };
  return { path, size, content: { base64: Buffer.from(content).toString('base64') } };
}

export function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return length === 0 ? '' : Buffer.from(buffer, byteOffset, length).toString('utf8');
}

/** To microseconds. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The sandbox is not trusted to send JSON. @throws {SyntaxError} after a defect or an escape */
export function checkedJson(resultJson: string): string {
  JSON.parse(resultJson);
  return resultJson;
}

/** @param importsMs what the run has waited for modules, which is part of its wall time */
export function errorReport(error: ErrorReport, importsMs: number): ErrorReport {
  const { code, name, message, stack, details } = error;
  if (code !== 'TIMEOUT' || importsMs === 0) return { code, name, message, stack, details };
  return {
    code,
    name,
    message: `${message}, ${importsMs.toFixed(1)} ms of that for the download of imports`,
    stack,
    details: { ...(details as Readonly<Record<string, Json>>), importsMs: rounded(importsMs) },
  };
}
