/** Keeps the response to many inputs within what Lambda accepts; costs are those of `payload.ts`. */

import { type ErrorReport, errorName } from '../../contract/errors.ts';
import type { Execution, ItemExecution } from '../../contract/execution.ts';
import { batchError } from '../../contract/failed-execution.ts';
import {
  bodyBytes,
  cutFiles,
  cutText,
  fairShares,
  filesAreCut,
  firstWithin,
  MAX_BODY_BYTES,
  textBytes,
  valueBytes,
} from './payload.ts';

export type BatchExecution = Execution & { readonly items: readonly ItemExecution[] };

/** In the place of a result, together with what an error has more than `null`. */
const LOST_RESULT_BYTES = 512;
/** All details together; beyond, all are dropped. */
const MAX_DETAILS_BYTES = 512 * 1024;

const lostResult: ErrorReport = {
  code: 'RESULT_TOO_LARGE',
  name: errorName('RESULT_TOO_LARGE'),
  message: 'The results of all inputs together do not fit into a response: send fewer inputs',
  stack: null,
  details: null,
};

/**
 * The execution, cut so that its body fits: in the order of the inputs, results are kept whole or
 * replaced by RESULT_TOO_LARGE; texts of each kind have a fair share of the room that they leave.
 * @param assemble makes the body
 */
export function fitBatch(
  execution: BatchExecution,
  assemble: (execution: Execution) => string,
): Execution {
  const items = withoutLargeDetails(execution.items);
  const bare = assemble({ ...execution, items: items.map(bareItem) });
  const room = MAX_BODY_BYTES - bodyBytes(bare) - LOST_RESULT_BYTES * items.length;
  const { results, left } = fitResults(items, room);
  const fitted = fitTexts(results, left);
  return {
    ...execution,
    items: fitted,
    error: batchError(fitted),
    metadata: { ...execution.metadata, truncated: truncatedIn(fitted) },
  };
}

/** @returns what leaves room for nothing but the numbers of each item */
function bareItem(item: ItemExecution): ItemExecution {
  const { error } = item;
  return {
    ...item,
    resultJson: 'null',
    stdout: '',
    stderr: '',
    logs: [],
    files: item.files && [],
    error: error && { ...error, message: '', stack: error.stack && '' },
  };
}

function withoutLargeDetails(items: readonly ItemExecution[]): readonly ItemExecution[] {
  const bytes = items.reduce((sum, { error }) => sum + valueBytes(error?.details ?? null), 0);
  if (bytes <= MAX_DETAILS_BYTES) return items;
  return items.map((item) => {
    const { error, truncated } = item;
    if (error === null || error.details === null) return item;
    return {
      ...item,
      error: { ...error, details: null },
      truncated: { ...truncated, error: true },
    };
  });
}

/** @returns the items with the results that there is room for, and the room that is left */
function fitResults(items: readonly ItemExecution[], room: number) {
  let left = room;
  const results = items.map((item): ItemExecution => {
    const bytes = bodyBytes(item.resultJson);
    if (bytes <= left) {
      left -= bytes;
      return item;
    }
    return { ...item, resultJson: 'null', error: lostResult };
  });
  return { results, left };
}

function fitTexts(items: readonly ItemExecution[], room: number): readonly ItemExecution[] {
  const costs = items.map(costsOf);
  const sum = (kind: keyof Costs): number => costs.reduce((total, cost) => total + cost[kind], 0);
  const [stdout, stderr, message, stack, logs, files] = fairShares(
    [sum('stdout'), sum('stderr'), sum('message'), sum('stack'), sum('logs'), sum('files')],
    room,
  );
  const left: Costs = { stdout, stderr, message, stack, logs, files };
  return items.map((item, index) => {
    const cost = costs[index] ?? left;
    const allowed = (kind: keyof Costs): number => {
      const bytes = Math.min(cost[kind], left[kind]);
      left[kind] -= bytes;
      return bytes;
    };
    return fitItem(item, {
      stdout: allowed('stdout'),
      stderr: allowed('stderr'),
      message: allowed('message'),
      stack: allowed('stack'),
      logs: allowed('logs'),
      files: allowed('files'),
    });
  });
}

interface Costs {
  stdout: number;
  stderr: number;
  message: number;
  stack: number;
  logs: number;
  files: number;
}

/** Of texts, what they cost beyond those of {@link bareItem}; of the error of a lost result, nothing. */
function costsOf({ stdout, stderr, logs, files, error }: ItemExecution): Costs {
  const own = error === lostResult ? null : error;
  return {
    stdout: textBytes(stdout),
    stderr: textBytes(stderr),
    message: textBytes(own?.message ?? ''),
    stack: textBytes(own?.stack ?? ''),
    logs: valueBytes(logs),
    files: valueBytes(files ?? []),
  };
}

function fitItem(item: ItemExecution, room: Costs): ItemExecution {
  const { stdout, stderr, logs, files, error, truncated } = item;
  const fitted = {
    stdout: cutText(stdout, room.stdout),
    stderr: cutText(stderr, room.stderr),
    logs: firstWithin(logs, room.logs),
    files: files && cutFiles(files, room.files),
    error: error === lostResult ? error : error && cutError(error, room),
  };
  return {
    ...item,
    ...fitted,
    truncated: {
      stdout: truncated.stdout || fitted.stdout.length < stdout.length,
      stderr: truncated.stderr || fitted.stderr.length < stderr.length,
      logs: truncated.logs || fitted.logs.length < logs.length,
      files: truncated.files || filesAreCut(fitted.files ?? [], files ?? []),
      error: truncated.error || fitted.error !== error,
    },
  };
}

/** @returns the same error where it fits */
function cutError(error: ErrorReport, room: Costs): ErrorReport {
  const message = cutText(error.message, room.message);
  const stack = error.stack && cutText(error.stack, room.stack);
  return message === error.message && stack === error.stack ? error : { ...error, message, stack };
}

function truncatedIn(items: readonly ItemExecution[]): ItemExecution['truncated'] {
  const any = (kind: keyof ItemExecution['truncated']): boolean =>
    items.some(({ truncated }) => truncated[kind]);
  return {
    stdout: any('stdout'),
    stderr: any('stderr'),
    logs: any('logs'),
    files: any('files'),
    error: any('error'),
  };
}
