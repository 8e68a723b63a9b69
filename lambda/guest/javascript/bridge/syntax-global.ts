/** The constant of the global scope through which mended code reaches `prelude/run/syntax.ts`. */
export const syntaxGlobal = '__script_engine_syntax__';
