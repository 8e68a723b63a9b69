/** What takes types out of TypeScript, made as the build makes it. */

import { typeScriptFiles } from '../../../lambda/guest/javascript/build/typescript-files.ts';
import type {
  CreateTransformer,
  LoadTransformer,
} from '../../../lambda/guest/javascript/typescript/transformer.ts';

let transformers = 0;

/** How many sources have been made JavaScript, or were tried to be. */
export function countedTransformers(): number {
  return transformers;
}

export function typeScriptTransformer(): LoadTransformer {
  let loading: Promise<CreateTransformer> | null = null;
  return () => {
    loading ??= load();
    return loading;
  };
}

async function load(): Promise<CreateTransformer> {
  const { script, wasm } = await typeScriptFiles();
  const { createTransformer } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const module = new WebAssembly.Module(wasm);
  return () => {
    transformers += 1;
    return createTransformer(module);
  };
}
