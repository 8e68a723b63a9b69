/** Loads the runtime of each language from the folder that its row of the language table names. */

import { type CodeType, codeTypes, languages } from '../contract/languages.ts';
import { CodeBudget } from './runtime/code-budget.ts';
import type { CreateRuntime, Runtime, RuntimeOptions } from './runtime/runtime.ts';

/** Where there is no budget, one is made. */
type GivenOptions = Omit<RuntimeOptions, 'budget'> & Partial<Pick<RuntimeOptions, 'budget'>>;

export type Runtimes = { readonly [type in CodeType]: Runtime };

/** @throws {Error} where a folder has no `language.ts`, or a runtime does not find its files */
export async function loadRuntimes(given: GivenOptions): Promise<Runtimes> {
  const options = { budget: new CodeBudget(given.codeCacheBytes), ...given };
  const byFolder = new Map<string, Promise<Runtime>>();
  const loading = codeTypes.map(async (codeType) => {
    const { folder } = languages[codeType];
    const runtime =
      byFolder.get(folder) ??
      loadLanguage(folder).then(({ createRuntime }) => createRuntime(options));
    byFolder.set(folder, runtime);
    return [codeType, await runtime] as const;
  });
  // Every code type is in the list.
  return Object.fromEntries(await Promise.all(loading)) as Runtimes;
}

/** The bundler makes a chunk of each file that the pattern matches. */
function loadLanguage(folder: string): Promise<{ readonly createRuntime: CreateRuntime }> {
  return import(`./${folder}/language.ts`);
}
