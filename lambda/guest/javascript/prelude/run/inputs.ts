/** The globals `input`, `args` and `env`: what the request brought, deeply frozen. */

import { decodeText } from '../../bridge/text.ts';
import type { Prelude } from '../core/host.ts';

export interface Inputs {
  /** The request's `input`, whatever the script made of the global of that name. */
  input(): unknown;
  /** Sets the globals from JSON texts. */
  begin(inputJson: string | undefined, argsJson: string, envJson: string): void;
}

export function installInputs({ define }: Prelude): Inputs {
  let input: unknown;
  function set(values: { input: unknown; args: unknown; env: unknown }): void {
    input = values.input;
    define(values, { enumerable: true });
  }
  set({ input: undefined, args: deepFreeze([]), env: deepFreeze({}) });
  return {
    input: () => input,
    begin(inputJson, argsJson, envJson) {
      set({
        input: inputJson === undefined ? undefined : parse(inputJson),
        args: parse(argsJson),
        env: parse(envJson),
      });
    },
  };
}

function parse(json: string): unknown {
  return deepFreeze(JSON.parse(decodeText(json)));
}

function deepFreeze(root: unknown): unknown {
  const rest = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === 'object' && value !== null) {
      Object.freeze(value);
      for (const member of Object.values(value)) rest.push(member);
    }
  }
  return root;
}
