/** What a request gives to its run: the same in the request, in the engine and in the sandbox. */

import type { Json } from './errors.ts';

export interface RunInputs {
  /** JSON text of `input`; `null` where the request has none (`input: null` is `'null'`). */
  readonly inputJson: string | null;
  /** Texts; for components, whose functions have parameters of many types, any JSON. */
  readonly args: readonly Json[];
  readonly env: { readonly [name: string]: string };
  readonly stdin: string | null;
  readonly files: GuestFiles;
  /** Files whose contents the response shall have; absolute, normalized, each once. */
  readonly outputs: readonly string[];
  /** JavaScript: the URL of a specifier or, where both end in `/`, of all that begin with it. */
  readonly imports: { readonly [specifier: string]: string };
  readonly entrypoint: string | null;
}

/** Files by path; `null` is an empty directory. Paths are absolute and normalized. */
export type GuestFiles = { readonly [path: string]: { readonly base64: string } | string | null };

/** Of a request that gives nothing. */
export const emptyInputs: RunInputs = {
  inputJson: null,
  args: [],
  env: {},
  stdin: null,
  files: {},
  outputs: [],
  imports: {},
  entrypoint: null,
};
