/** What the build lets QuickJS's binary import, and the functions of it that ask the host. */

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

/** Name of the imported module of stacks, and of what `build_backtrace` asks for the frame below one. */
export const stackModule = 'Stack';
export const nextFrameName = 'next_frame';

/** Name of the imported module of sources, and of what evaluates one. */
export const sourceModule = 'Source';
export const evaluateName = 'JS_EvalInternal';
/** What the host answers to the latter where it has nothing to change: a value that no source has. */
export const NOT_PREPARED: bigint = 4n << 32n;

export type HelpedName =
  | typeof compileName
  | typeof executeName
  | typeof formatName
  | typeof parseName
  | typeof hypotName
  | typeof evaluateName
  | typeof nextFrameName;
