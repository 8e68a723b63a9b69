/** Puts entries on lines, by the rules of `compact` and `breakLength`. */

import {
  floor,
  includes,
  join,
  max,
  min,
  padEnd,
  padStart,
  repeat,
  round,
  sqrt,
  toNumber,
} from '../../core/intrinsics.ts';
import type { InspectContext } from './context.ts';
import type { EntryKind } from './properties.ts';
import { columns, stripControlSequences } from './width.ts';

/**
 * @param base the text before the braces, such as a function's name
 * @param value the array of the entries, if any: its numbers are aligned to the right
 */
export function layOut(
  context: InspectContext,
  entries: string[],
  base: string,
  braces: readonly [string, string],
  kind: EntryKind,
  level: number,
  value?: object,
): string {
  const open = braces[0];
  const close = braces[1];
  const indent = repeat(' ', context.indentation);
  if (context.compact === true) {
    if (fitsOnOneLine(context, entries, 0, base)) {
      return `${open}${base ? ` ${base}` : ''} ${join(entries, ', ')} ${close}`;
    }
    // After a long opening the entries would not line up.
    const first = base === '' && open.length === 1 ? ' ' : `${base ? ` ${base}` : ''}\n${indent}  `;
    return `${open}${first}${join(entries, `,\n${indent}  `)} ${close}`;
  }
  let lines = entries;
  const lead = base ? `${base} ` : '';
  if (typeof context.compact === 'number' && context.compact >= 1) {
    if (kind === 'array' && entries.length > 6) lines = group(context, entries, value);
    // The innermost `compact` levels go on one line where they fit.
    if (context.currentDepth - level < context.compact && lines.length === entries.length) {
      // Node.js leaves 10 for other text on the line.
      const start = lines.length + context.indentation + open.length + base.length + 10;
      if (fitsOnOneLine(context, lines, start, base)) {
        const line = join(lines, ', ');
        if (!includes(line, '\n')) return `${lead}${open} ${line} ${close}`;
      }
    }
  }
  return `${lead}${open}\n${indent}  ${join(lines, `,\n${indent}  `)}\n${indent}${close}`;
}

function fitsOnOneLine(
  context: InspectContext,
  entries: readonly string[],
  start: number,
  base: string,
): boolean {
  if (context.breakLength === Infinity) {
    for (let i = 0; i < entries.length; i++) if (includes(entries[i], '\n')) return false;
    return !includes(base, '\n');
  }
  let length = entries.length + start;
  if (length + entries.length > context.breakLength) return false;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as string;
    length += context.colors ? stripControlSequences(entry).length : entry.length;
    if (length > context.breakLength) return false;
  }
  return base === '' || !includes(base, '\n');
}

const SEPARATOR_WIDTH = 2;
/** About how much higher than wide a character is: groups come out square. */
const CHARACTER_RATIO = 2.5;
const MAX_COLUMNS = 15;

/** Puts more than six short elements into columns. */
function group(context: InspectContext, entries: string[], value: object | undefined): string[] {
  // The note on items that were left out is not an element.
  const count = context.maxArrayLength < entries.length ? entries.length - 1 : entries.length;
  const widths: number[] = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = columns(entries[i] as string, context.colors);
    widths[i] = width;
    total += width + SEPARATOR_WIDTH;
    widest = max(widest, width);
  }
  const cell = widest + SEPARATOR_WIDTH;
  // Elements of very different lengths would leave too much space between them.
  if (cell * 3 + context.indentation >= context.breakLength || (total / cell <= 5 && widest > 6)) {
    return entries;
  }
  const bias = sqrt(cell - total / entries.length);
  const biased = max(cell - 3 - bias, 1);
  const columnCount = min(
    round(sqrt(CHARACTER_RATIO * biased * count) / biased),
    floor((context.breakLength - context.indentation) / cell),
    toNumber(context.compact) * 4,
    MAX_COLUMNS,
  );
  if (columnCount <= 1) return entries;

  const columnWidths: number[] = [];
  for (let column = 0; column < columnCount; column++) {
    let width = 0;
    for (let i = column; i < count; i += columnCount) width = max(width, widths[i] as number);
    columnWidths[column] = width + SEPARATOR_WIDTH;
  }
  const pad = value !== undefined && isNumeric(value, entries.length) ? padStart : padEnd;
  const lines: string[] = [];
  for (let i = 0; i < count; i += columnCount) {
    const last = min(i + columnCount, count) - 1;
    let line = '';
    for (let j = i; j < last; j++) {
      const entry = entries[j] as string;
      const invisible = entry.length - (widths[j] as number);
      line += pad(`${entry}, `, (columnWidths[j - i] as number) + invisible, ' ');
    }
    const entry = entries[last] as string;
    const invisible = entry.length - (widths[last] as number);
    line +=
      pad === padStart
        ? padStart(entry, (columnWidths[last - i] as number) + invisible - SEPARATOR_WIDTH, ' ')
        : entry;
    lines[lines.length] = line;
  }
  if (count < entries.length) lines[lines.length] = entries[count] as string;
  return lines;
}

function isNumeric(value: object, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const element: unknown = (value as ArrayLike<unknown>)[i];
    if (typeof element !== 'number' && typeof element !== 'bigint') return false;
  }
  return true;
}
