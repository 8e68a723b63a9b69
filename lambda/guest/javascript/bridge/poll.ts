/**
 * Where a run stands when no job is left. It crosses the bridge in every turn of the guest's event
 * loop, at least once in a run: as one string, a letter and what belongs to it, and not as JSON.
 */

/** The run is over. */
export type Conclusion =
  | { readonly kind: 'result'; readonly json: string }
  /** The JSON of an error record; see `prelude/run/error-record.ts`. */
  | { readonly kind: 'error'; readonly json: string }
  /** The outcome is pending, and nothing is left that could settle it. */
  | { readonly kind: 'stuck' };

export type Poll =
  | Conclusion
  /** A timer is due. */
  | { readonly kind: 'timer' }
  /** Nothing is to do for so many milliseconds, more than 0; `Infinity`: until a task settles. */
  | { readonly kind: 'wait'; readonly ms: number };

/** A {@link Poll} as it crosses: `v` result, `e` error, `t` timer, `w` wait, and nothing for stuck. */
export type PollText = `v${string}` | `e${string}` | 't' | `w${number}` | '';

/**
 * The realm's end: writes the text at once, as QuickJS would take as long again for an object. By `+`:
 * for a template QuickJS calls `String.prototype.concat`, which a script may replace.
 */
export const pollText = {
  result: (json: string): PollText => ('v' + json) as PollText,
  error: (json: string): PollText => ('e' + json) as PollText,
  timer: (): PollText => 't',
  wait: (ms: number): PollText => ('w' + ms) as PollText,
  stuck: (): PollText => '',
} as const satisfies { readonly [Kind in Poll['kind']]: unknown };

/**
 * The sandbox process's end.
 * @throws {TypeError} where the text is no {@link PollText}
 */
export function decodePoll(text: string): Poll {
  switch (text[0]) {
    case 'v':
      return { kind: 'result', json: text.slice(1) };
    case 'e':
      return { kind: 'error', json: text.slice(1) };
    case 't':
      return { kind: 'timer' };
    case 'w':
      // Not a number where the script has replaced `Math.max`.
      return { kind: 'wait', ms: Number(text.slice(1)) || Infinity };
    case undefined:
      return { kind: 'stuck' };
    default:
      throw new TypeError('The realm answers a poll with what is no state of a run');
  }
}
