/** What a sandbox keeps of the code that it has run, for later runs of the same. */

import type { CodeBudget } from '../../runtime/code-budget.ts';
import type { LoadTransformer } from '../typescript/transformer.ts';
import { CodeImages } from './code-images.ts';
import { KeptSources } from './kept-sources.ts';

export interface KeptCode {
  readonly sources: KeptSources;
  readonly images: CodeImages;
}

/** Texts are for the runs that start from images; more of them would only fill memory. */
const MAX_SOURCE_BYTES = 32 * 1024 * 1024;

/** @param budget of memory images; `null` to keep nothing */
export function createKeptCode(
  budget: CodeBudget | null,
  loadTransformer: LoadTransformer,
): KeptCode {
  return {
    sources: new KeptSources(Math.min(budget?.maxBytes ?? 0, MAX_SOURCE_BYTES), loadTransformer),
    images: new CodeImages(budget),
  };
}
