/**
 * Windows of a regular expression with more captures than QuickJS can number: the same expression, of
 * which only some groups capture. It matches the same, whichever groups capture, as long as those do that
 * the expression itself refers to.
 */

/** Of one compiled expression, besides the match itself. */
export const MAX_GROUPS = 254;

/** An expression with some of its groups. */
export interface CaptureWindow {
  readonly pattern: string;
  /** Numbers that the groups have in the whole expression, in ascending order. */
  readonly groups: readonly number[];
}

interface Group {
  readonly start: number;
  /** Behind what begins it: its parenthesis, or its name. */
  readonly end: number;
  readonly name: string | null;
}

/** `\12` or `\k<name>`. */
interface Reference {
  readonly start: number;
  readonly end: number;
  readonly to: number | string;
}

/**
 * @param pattern a valid one: V8 takes it
 * @returns `null` where the expression has no more groups than fit into one window, or refers to so many
 *   of them that no window has room for others
 */
export function captureWindows(pattern: string, flags: string): CaptureWindow[] | null {
  const { groups, references } = scan(pattern, flags.includes('v'));
  if (groups.length <= MAX_GROUPS) return null;
  const isReferred = referred(groups, references);
  const others = groups.flatMap((_, index) => (isReferred[index] === true ? [] : [index]));
  const room = MAX_GROUPS - (groups.length - others.length);
  if (room < 1) return null;
  const windows: CaptureWindow[] = [];
  for (let first = 0; first === 0 || first < others.length; first += room) {
    const isKept = [...isReferred];
    for (const index of others.slice(first, first + room)) isKept[index] = true;
    windows.push(windowOf(pattern, groups, references, isKept));
  }
  return windows;
}

function referred(groups: readonly Group[], references: readonly Reference[]): boolean[] {
  const names = new Set(references.map(({ to }) => to));
  return groups.map(
    ({ name }, index) => names.has(index + 1) || (name !== null && names.has(name)),
  );
}

function windowOf(
  pattern: string,
  groups: readonly Group[],
  references: readonly Reference[],
  isKept: readonly boolean[],
): CaptureWindow {
  const kept = groups.flatMap((_, index) => (isKept[index] === true ? [index + 1] : []));
  const numbers = new Map(kept.map((group, index) => [group, index + 1]));
  const changes = [
    ...groups.flatMap(({ start, end }, index) =>
      isKept[index] === true ? [] : [{ start, end, text: '(?:' }],
    ),
    ...references.flatMap(({ start, end, to }) => {
      const number = typeof to === 'number' ? numbers.get(to) : undefined;
      return number === undefined ? [] : [{ start, end, text: `\\${number}` }];
    }),
  ].sort((a, b) => a.start - b.start);
  let text = '';
  let from = 0;
  for (const change of changes) {
    text += pattern.slice(from, change.start) + change.text;
    from = change.end;
  }
  return { pattern: text + pattern.slice(from), groups: kept };
}

/** Groups that capture, and references, as far as these may be any. */
function scan(
  pattern: string,
  nestsClasses: boolean,
): { readonly groups: readonly Group[]; readonly references: readonly Reference[] } {
  const groups: Group[] = [];
  const references: Reference[] = [];
  const named = /\?<(?![=!])([^>]*)>/y;
  const reference = /\\(?:([1-9]\d*)|k<([^>]*)>)/y;
  let classes = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') {
      reference.lastIndex = at;
      const [text, number, name] = (classes === 0 && reference.exec(pattern)) || [];
      if (text === undefined) at += 1;
      else {
        const to = number === undefined ? plainName(name ?? '') : Number(number);
        references.push({ start: at, end: at + text.length, to });
        at += text.length - 1;
      }
    } else if (character === '[' && (classes === 0 || nestsClasses)) classes += 1;
    else if (character === ']' && classes > 0) classes -= 1;
    else if (character === '(' && classes === 0) {
      named.lastIndex = at + 1;
      const [text, name] = named.exec(pattern) ?? [];
      if (text !== undefined && name !== undefined) {
        groups.push({ start: at, end: at + 1 + text.length, name: plainName(name) });
      } else if (pattern[at + 1] !== '?') groups.push({ start: at, end: at + 1, name: null });
    }
  }
  return { groups, references };
}

/** A name without escapes. */
function plainName(name: string): string {
  return name.replace(/\\u(?:\{([\da-fA-F]+)\}|([\da-fA-F]{4}))/g, (_, long, short) =>
    long === undefined
      ? String.fromCharCode(Number.parseInt(short, 16))
      : String.fromCodePoint(Number.parseInt(long, 16)),
  );
}
