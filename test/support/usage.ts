/** What processes use, from Linux's `/proc`; see proc(5). What has ended uses nothing. */

import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of all threads that there are, in milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
  const threads = pids.flatMap((pid) =>
    entriesOf(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`),
  );
  return sum(threads, (file) => Number(read(file).split(' ')[0]) / 1e6);
}

/**
 * Proportional set size: a page that processes share counts for each by its part, so that the sum is
 * what they take together.
 */
export function proportionalBytesOf(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const [, kilobytes = 0] = /^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? [];
    return Number(kilobytes) * 1024;
  });
}

function sum<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
