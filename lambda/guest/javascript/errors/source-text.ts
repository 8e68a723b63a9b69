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
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

/** The column in UTF-16 units, from 0. */
export function utf16Column(source: string, { line, column }: Position): number {
  const text = source.split('\n', line)[line - 1] ?? '';
  return [...text].slice(0, column - 1).join('').length;
}

/**
 * The line of a position and those around it, with a caret below the place; long lines are cut.
 * @returns `null` where the text has no such line
 */
export function codeFrame(source: string, { line, column }: Position): string | null {
  const lines = source.split('\n');
  if (line < 1 || line > lines.length) return null;
  const first = Math.max(1, line - CONTEXT_LINES);
  const last = Math.min(lines.length, line + CONTEXT_LINES);
  const width = String(last).length;
  const start = windowStart(lines[line - 1] ?? '', column);
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>' : ' ';
    const { text, lead } = cut(lines[number - 1] ?? '', start);
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
  const text = line.replace(/[\t\r]/g, ' ');
  if (start === 0 && text.length <= MAX_LINE_LENGTH) return { text, lead: 0 };
  const characters = [...text];
  const shown = characters.slice(start, start + MAX_LINE_LENGTH).join('');
  const end = characters.length > start + MAX_LINE_LENGTH ? '…' : '';
  return start === 0 ? { text: shown + end, lead: 0 } : { text: `…${shown}${end}`, lead: 1 };
}
