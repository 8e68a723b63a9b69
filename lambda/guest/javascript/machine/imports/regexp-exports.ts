/** What the build exports of QuickJS's regular expressions. */

/** `js_compile_regexp`: the context, pattern and flags to a string that is bytecode. */
export type Compile = (context: number, pattern: bigint, flags: bigint) => bigint;

/** `lre_exec`: captures, bytecode, text, index, length, the text's log₂ of bytes a unit, context. */
export type Execute = (
  captures: number,
  bytecode: number,
  text: number,
  index: number,
  length: number,
  shift: number,
  context: number,
) => number;

export interface RegExpExports {
  readonly compile: Compile;
  readonly execute: Execute;
}
