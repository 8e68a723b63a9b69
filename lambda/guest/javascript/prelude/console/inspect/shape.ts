/** What an object is printed as: a text that stands alone, or braces around entries. */

import type { InspectContext } from './context.ts';
import type { EntryKind } from './properties.ts';

/** What the inspector knows of an object before it knows its kind. */
export interface Identity {
  readonly className: string | null;
  readonly tag: string;
  readonly level: number;
  /** Whether it is the buffer of a typed array or a view, which shows the bytes itself. */
  readonly typedArray: boolean;
  /** Whether its prototypes add no properties. */
  readonly isBare: boolean;
}

export interface Shape {
  readonly base: string;
  readonly braces: readonly [string, string];
  readonly kind: EntryKind;
  readonly keys: readonly (string | symbol)[];
  /** Entries that are not properties. */
  readonly entries?: (level: number) => string[];
  /** Getters of the prototype that are shown like properties. */
  readonly accessors?: readonly (readonly [string, () => unknown])[];
  readonly isTypedArray: boolean;
}

/** An object in braces. */
export const braced = (
  braces: readonly [string, string],
  keys: readonly (string | symbol)[],
  rest: Partial<Shape> = {},
): Shape => ({ base: '', braces, kind: 'object', keys, isTypedArray: false, ...rest });

/** A text: alone where there are no properties, else before them. */
export function withBase(
  context: InspectContext,
  { isBare }: Identity,
  keys: readonly (string | symbol)[],
  base: string,
  style?: string,
): Shape | string {
  if (keys.length !== 0 || !isBare) return braced(['{', '}'], keys, { base });
  return style === undefined ? base : context.stylize(base, style);
}
