/** Places in a script's own text, as its author counts them. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
}

const CONTEXT_LINES = 2;
const MAX_LINE_LENGTH = 120;
/** Of a long line, what is shown before the place. */
const LEAD_LENGTH = 60;

/** @param offset in UTF-16 units */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let end = lineEnd(source, 0); end < offset; end = lineEnd(source, start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: lengthOf(source.slice(start, offset)) + 1 };
}

/** The column in UTF-16 units, from 0; the end of the line where the line is shorter. */
export function utf16Column(source: string, { line, column }: Position): number {
  return unitsOf(linesOf(source, line, line)[0] ?? '', column - 1);
}

/** The position, or the end of its line where the line is shorter. */
export function clampColumn(source: string, { line, column }: Position): Position {
  const text = linesOf(source, line, line)[0] ?? '';
  return { line, column: Math.max(1, Math.min(column, lengthOf(text) + 1)) };
}

/**
 * The line of a position and those around it, with a caret below the place; long lines are cut.
 * @returns `null` where the text has no such line
 */
export function codeFrame(source: string, position: Position): string | null {
  const { line, column } = clampColumn(source, position);
  const first = Math.max(1, line - CONTEXT_LINES);
  const lines = linesOf(source, first, line + CONTEXT_LINES);
  const place = lines[line - first];
  if (place === undefined) return null;
  const width = String(first + lines.length - 1).length;
  const start = windowStart(place, column);
  const frame: string[] = [];
  for (const [index, shown] of lines.entries()) {
    const number = first + index;
    const mark = number === line ? '>' : ' ';
    const { text, lead } = cut(shown, start);
    frame.push(`${mark} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number !== line) continue;
    frame.push(`  ${' '.repeat(width)} | ${' '.repeat(lead + column - 1 - start)}^`);
  }
  return frame.join('\n');
}

/** Where the part of the line begins that is shown: characters from its start. */
function windowStart(line: string, column: number): number {
  // Most lines are short, and need not be counted.
  if (line.length <= MAX_LINE_LENGTH || column <= MAX_LINE_LENGTH - LEAD_LENGTH / 2) return 0;
  return column - 1 - LEAD_LENGTH;
}

function cut(line: string, start: number): { text: string; lead: number } {
  if (start === 0 && line.length <= MAX_LINE_LENGTH) return { text: plain(line), lead: 0 };
  const from = unitsOf(line, start);
  const to = from + unitsOf(line.slice(from), MAX_LINE_LENGTH);
  const shown = plain(line.slice(from, to)) + (to < line.length ? '…' : '');
  return start === 0 ? { text: shown, lead: 0 } : { text: `…${shown}`, lead: 1 };
}

function plain(line: string): string {
  return line.replace(/[\t\r]/g, ' ');
}

function lineEnd(source: string, start: number): number {
  const end = source.indexOf('\n', start);
  return end === -1 ? source.length : end;
}

/** The lines from the first to the last, both included, that the text has. */
export function linesOf(source: string, first: number, last: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let line = 1; line <= last && start <= source.length; line++) {
    const end = lineEnd(source, start);
    if (line >= first) lines.push(source.slice(start, end));
    start = end + 1;
  }
  return lines;
}

/** In characters. Without a list of them, as the line may be all of a minified program. */
function lengthOf(text: string): number {
  let characters = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) characters += 1;
  return characters;
}

/** UTF-16 units of the first so many characters. */
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let count = 0; count < characters && units < text.length; count++) {
    units += unitsAt(text, units);
  }
  return units;
}

function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
