/** The global `input` and the other globals of the request, deeply frozen. */

import { emptyInputs } from '../../../../contract/run-inputs.ts';
import { type ScriptGlobals, scriptGlobals } from '../../bridge/script-globals.ts';
import { decodeText } from '../../bridge/text.ts';
import type { Prelude } from '../core/host.ts';

interface Inputs {
  /** The request's `input`, even where the script has replaced the global. */
  input(): unknown;
  /** Sets the globals from JSON texts. */
  begin(inputJson: string | undefined, globalsJson: string): void;
}

export function installInputs({ define }: Prelude): Inputs {
  let input: unknown;
  function set(value: unknown, globals: ScriptGlobals): void {
    input = value;
    define({ input, ...globals }, { enumerable: true });
  }
  set(undefined, deepFreeze(scriptGlobals(emptyInputs)));
  return {
    input: () => input,
    begin(inputJson, globalsJson) {
      // The host sends what `scriptGlobals` gives.
      const globals = parse(globalsJson) as ScriptGlobals;
      set(inputJson === undefined ? undefined : parse(inputJson), globals);
    },
  };
}

function parse(json: string): unknown {
  return deepFreeze(JSON.parse(decodeText(json)));
}

function deepFreeze<Value>(root: Value): Value {
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === 'object' && value !== null) {
      Object.freeze(value);
      for (const member of Object.values(value)) rest.push(member);
    }
  }
  return root;
}
