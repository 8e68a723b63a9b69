/** What the build lets QuickJS's binary import for regular expressions and numbers, and exports of it. */

/** Name of the imported module. */
export const regExpModule = 'RegExp';
/** Names under which the build exports `js_compile_regexp` and `lre_exec`, and imports what is here. */
export const compileName = 'js_compile_regexp';
export const executeName = 'lre_exec';

/** Name of the imported module of numbers. */
export const numberModule = 'Number';
/** Names of what `js_dtoa2`, `js_atod` and `js_math_hypot` ask. */
export const formatName = 'js_dtoa2';
export const parseName = 'js_atod';
export const hypotName = 'js_math_hypot';
/** What the host answers to the latter where not all are numbers. */
export const NO_SIZE = -1;

export type HelpedName =
  | typeof compileName
  | typeof executeName
  | typeof formatName
  | typeof parseName
  | typeof hypotName;
