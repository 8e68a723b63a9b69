/** The tables of `npm run bench`; next to them, the figures of a file and the ratio to those. */

import type { Figures } from './figures.ts';

const MIB = 1024 * 1024;
const ms = (value: number): string => value.toFixed(3).padStart(9);

/** @param earlier figures to compare with */
export function printReport(figures: Figures, earlier: Figures | null): void {
  const { rows, throughput, firstAnswerMs, memory } = figures;
  console.log(
    `\ndepth                  p50 ms    p99 ms   × floor${earlier ? '   earlier    ratio' : ''}`,
  );
  for (const row of rows) {
    const other = earlier?.rows.find(({ depth, name }) => depth === row.depth && name === row.name);
    console.log(
      `${row.depth.padEnd(20)}${ms(row.p50Ms)} ${ms(row.p99Ms)} ${row.ratio.toFixed(2).padStart(9)}${against(earlier, other?.p50Ms, row.p50Ms, 3)}   ${row.name}`,
    );
  }
  console.log(`\nconcurrency   requests/s   × bare${earlier ? '   earlier    ratio' : ''}`);
  for (const row of throughput) {
    const other = earlier?.throughput.find(
      ({ concurrency, name }) => concurrency === row.concurrency && name === row.name,
    );
    console.log(
      `${String(row.concurrency).padEnd(14)}${row.perSecond.toFixed(0).padStart(10)} ${row.ratio.toFixed(2).padStart(8)}${against(earlier, other?.perSecond, row.perSecond, 0)}   ${row.name}`,
    );
  }
  const start = `\nprocess start to first answer: ${firstAnswerMs.toFixed(0)} ms`;
  const engine = `resident memory: engine ${(memory.engineBytes / MIB).toFixed(0)} MB (all processes)`;
  console.log(`${start}${inWords(earlier?.firstAnswerMs, firstAnswerMs)}`);
  console.log(
    `${engine}${inWords(earlier?.memory.engineBytes, memory.engineBytes)}, bare server ${(memory.bareBytes / MIB).toFixed(0)} MB`,
  );
}

/** Two columns, empty for what the earlier figures lack. */
function against(
  earlier: Figures | null,
  before: number | undefined,
  now: number,
  digits: number,
): string {
  if (earlier === null) return '';
  if (before === undefined) return ' '.repeat(19);
  return `${before.toFixed(digits).padStart(10)}${(now / before).toFixed(3).padStart(9)}`;
}

function inWords(before: number | undefined, now: number): string {
  return before === undefined ? '' : ` (${(now / before).toFixed(3)} × earlier)`;
}
