/** What the build exports of QuickJS's compiler. */

/** `JS_EvalInternal`: context, `this`, source and its bytes, the name of a file, flags, scope. */
export type Evaluate = (
  context: number,
  self: bigint,
  source: number,
  length: number,
  name: number,
  flags: number,
  scope: number,
) => bigint;
