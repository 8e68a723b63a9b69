/**
 * The functions of `Math` that the machine takes from the host, so that a script gets the results that
 * V8 gives. V8 knows most of them as imports of WebAssembly, and calls them as it calls its own.
 */

/** Name of the imported module. */
export const mathModule = 'Math';

export const mathNames = [
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2'],
  ...['sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
  ...['exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'cbrt'],
] as const satisfies readonly (keyof Math)[];

export type MathName = (typeof mathNames)[number];

export const mathImports: Readonly<Record<string, (...args: never[]) => number>> =
  Object.fromEntries(mathNames.map((name) => [name, Math[name]]));
