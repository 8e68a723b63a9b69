/**
 * Keeps a response within what Lambda accepts, whatever the guest printed.
 *
 * The runtime sends `{ "statusCode", "headers", "body" }` as JSON, so that the body's own JSON is
 * escaped once more: a quote that a guest printed arrives as `\\\"`, a control character as
 * `\\u0001`. All costs here are bytes of that payload.
 */

import { type ErrorReport, errorName, type Json } from '../../contract/errors.ts';
import type { Execution, LogEntry, OutputFile } from '../../contract/execution.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from '../../settings/platform.ts';

/** Status code, headers and the punctuation around the body; ours are well below 1 KiB. */
const ENVELOPE_BYTES = 4096;
export const MAX_BODY_BYTES = MAX_LAMBDA_PAYLOAD_BYTES - ENVELOPE_BYTES;
/** A UTF-16 unit of JSON text costs six bytes at most: a lone surrogate, escaped. */
const MAX_BYTES_PER_UNIT = 6;
const MAX_NAME_LENGTH = 256;
const MAX_DETAILS_BYTES = 65_536;

/** Whether a body fits into the payload; free of cost for all but large ones. */
export function fitsPayload(body: string): boolean {
  if (body.length * MAX_BYTES_PER_UNIT <= MAX_BODY_BYTES) return true;
  return body.length <= MAX_BODY_BYTES && bodyBytes(body) <= MAX_BODY_BYTES;
}

/** What a body costs in the payload. */
export function bodyBytes(body: string): number {
  return Buffer.byteLength(JSON.stringify(body)) - 2;
}

/**
 * The execution, with its texts and logs cut so that its body fits. Each is given an equal share of
 * the room, and what one leaves unused goes to the others. A result that leaves no room for the
 * rest is replaced by RESULT_TOO_LARGE.
 * @param assemble makes the body; called with an execution without texts
 */
export function fitExecution(
  execution: Execution,
  assemble: (execution: Execution) => string,
): Execution {
  const error = execution.error && fitError(execution.error);
  const texts = { stdout: '', stderr: '', logs: [], files: [] };
  const bare = { ...execution, ...texts, error: error && bareError(error) };
  const room = MAX_BODY_BYTES - bodyBytes(assemble(bare));
  if (room < 0) return fitExecution(withoutResult(execution), assemble);

  const [stdout, stderr, message, stack, logs, files] = fairShares(
    [
      textBytes(execution.stdout),
      textBytes(execution.stderr),
      textBytes(error?.message ?? ''),
      textBytes(error?.stack ?? ''),
      valueBytes(execution.logs),
      valueBytes(execution.files),
    ],
    room,
  );
  const fitted = {
    stdout: cutText(execution.stdout, stdout),
    stderr: cutText(execution.stderr, stderr),
    logs: firstWithin(execution.logs, logs),
    files: cutFiles(execution.files, files),
    error: error && {
      ...error,
      message: cutText(error.message, message),
      stack: error.stack && cutText(error.stack, stack),
    },
  };
  const { truncated } = execution.metadata;
  return {
    ...execution,
    ...fitted,
    metadata: {
      ...execution.metadata,
      truncated: {
        stdout: truncated.stdout || fitted.stdout.length < execution.stdout.length,
        stderr: truncated.stderr || fitted.stderr.length < execution.stderr.length,
        logs: truncated.logs || fitted.logs.length < execution.logs.length,
        files: truncated.files || filesAreCut(fitted.files, execution.files),
        error: truncated.error || !sameError(fitted.error, execution.error),
      },
    },
  };
}

function fitError(error: ErrorReport): ErrorReport {
  return {
    ...error,
    name: error.name.slice(0, MAX_NAME_LENGTH),
    details: valueBytes(error.details) > MAX_DETAILS_BYTES ? null : error.details,
  };
}

function bareError(error: ErrorReport): ErrorReport {
  return { ...error, message: '', stack: error.stack && '' };
}

function sameError(a: ErrorReport | null, b: ErrorReport | null): boolean {
  return (
    a?.name === b?.name &&
    a?.message === b?.message &&
    a?.stack === b?.stack &&
    a?.details === b?.details
  );
}

function withoutResult(execution: Execution): Execution {
  return {
    ...execution,
    resultJson: 'null',
    error: {
      code: 'RESULT_TOO_LARGE',
      name: errorName('RESULT_TOO_LARGE'),
      message: `The result does not fit into a response of ${MAX_LAMBDA_PAYLOAD_BYTES} bytes, in which its JSON is escaped once more; it has ${Buffer.byteLength(execution.resultJson)} bytes of JSON`,
      stack: null,
      details: null,
    },
  };
}

type Costs = readonly [number, number, number, number, number, number];

/** Shares of the room: the smaller costs in full, the larger ones what is left, in equal parts. */
export function fairShares(costs: Costs, room: number): Costs {
  const shares: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  const ascending = costs.map((cost, index) => ({ cost, index })).sort((a, b) => a.cost - b.cost);
  let left = room;
  ascending.forEach(({ cost, index }, position) => {
    const share = Math.min(cost, Math.floor(left / (ascending.length - position)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

export function valueBytes(value: Json | readonly (LogEntry | OutputFile)[]): number {
  return bodyBytes(JSON.stringify(value));
}

/** What a text costs as a JSON string in the body, without the quotes around it. */
export function textBytes(text: string): number {
  return measure(text, Number.POSITIVE_INFINITY).bytes;
}

/** The longest beginning of a text that costs no more than that; surrogate pairs stay whole. */
export function cutText(text: string, bytes: number): string {
  return text.slice(0, measure(text, bytes).length);
}

/** How far a text goes for that many bytes, and what it then costs. */
function measure(text: string, maxBytes: number): { length: number; bytes: number } {
  let bytes = 0;
  for (let index = 0; index < text.length; ) {
    const unit = text.charCodeAt(index);
    const isPair = unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1));
    const cost = isPair ? 4 : unitBytes(unit);
    if (bytes + cost > maxBytes) return { length: index, bytes };
    bytes += cost;
    index += isPair ? 2 : 1;
  }
  return { length: text.length, bytes };
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function unitBytes(unit: number): number {
  if (unit < 0x80) return asciiBytes[unit] ?? 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit <= 0xdfff ? 7 : 3; // \\ud800, as it has no UTF-8
}

const asciiBytes = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  if (unit === 0x22 || unit === 0x5c) return 4; // \\\" and \\\\
  if ('\b\t\n\f\r'.includes(String.fromCharCode(unit))) return 3; // \\n
  return unit < 0x20 ? 7 : 1; // \\u0001
});

/** The first entries that together cost no more than that. */
export function firstWithin<Entry extends LogEntry | OutputFile>(
  entries: readonly Entry[],
  bytes: number,
): readonly Entry[] {
  let cost = 2;
  const count = entries.findIndex((entry) => {
    cost += valueBytes([entry]) - 1;
    return cost > bytes + 1;
  });
  return count === -1 ? entries : entries.slice(0, count);
}

/** Names come first; each content is kept whole or dropped. */
export function cutFiles(files: readonly OutputFile[], bytes: number): readonly OutputFile[] {
  const named = firstWithin(
    files.map(({ path, size }): OutputFile => ({ path, size })),
    bytes,
  );
  let room = bytes - valueBytes(named);
  return named.map((bare, index) => {
    const whole = files[index] ?? bare;
    const cost = valueBytes([whole]) - valueBytes([bare]);
    if (cost > room) return bare;
    room -= cost;
    return whole;
  });
}

export function filesAreCut(fitted: readonly OutputFile[], files: readonly OutputFile[]): boolean {
  return (
    files.some(({ content }, index) => fitted[index]?.content !== content) ||
    fitted.length < files.length
  );
}
