/** Loads what takes types out of TypeScript, when the first source needs it. */

import { readFileSync } from 'node:fs';

/** An instance of amaro: it may be used for one source, which may have harmed it. */
export interface Transformer {
  /** @throws {unknown} a `SyntaxProblem`, or what a trap throws */
  transformSync(source: string, options: TransformOptions): Transformed;
}

interface TransformOptions {
  /** To blank types out, or to write the program anew where it has more than types. */
  readonly mode: 'strip-only' | 'transform';
  readonly sourceMap?: boolean;
}

interface Transformed {
  readonly code: string;
  /** JSON. */
  readonly map?: string;
}

export type CreateTransformer = () => Transformer;
export type LoadTransformer = () => Promise<CreateTransformer>;

export const scriptFile = 'typescript.mjs';
export const wasmFile = 'typescript.wasm';

/** @param directory where the build has put the files */
export function transformerIn(directory: URL): LoadTransformer {
  let loading: Promise<CreateTransformer> | null = null;
  return () => {
    loading ??= load(directory);
    return loading;
  };
}

async function load(directory: URL): Promise<CreateTransformer> {
  const { createTransformer } = await import(new URL(scriptFile, directory).href);
  const wasm = new WebAssembly.Module(readFileSync(new URL(wasmFile, directory)));
  return () => createTransformer(wasm);
}
