/** The fields of a run that scripts see as globals of the same name, besides `input`. */

export interface ScriptGlobals {
  readonly args: unknown;
  readonly env: unknown;
  readonly stdin: unknown;
}

export function scriptGlobals({ args, env, stdin }: ScriptGlobals): ScriptGlobals {
  return { args, env, stdin: stdin ?? '' };
}
