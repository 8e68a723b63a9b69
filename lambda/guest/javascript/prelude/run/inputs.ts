/**
 * The global `input` and the other globals of the request, deeply frozen. They are set after the
 * code's imports may have been evaluated, so all of this uses only captured functions.
 */

import { emptyInputs } from '../../../../contract/run-inputs.ts';
import { type ScriptGlobals, scriptGlobals } from '../../bridge/script-globals.ts';
import { decodeText } from '../../bridge/text.ts';
import type { Prelude } from '../core/host.ts';
import {
  defineProperty,
  freeze,
  getOwnPropertyDescriptor,
  objectKeys,
  parse,
} from '../core/intrinsics.ts';

interface Inputs {
  /** The request's `input`, even where the script has replaced the global. */
  input(): unknown;
  /** Sets the globals from JSON texts. */
  begin(inputJson: string | undefined, globalsJson: string): void;
  /** Until `begin`, puts accessors in the place of the globals, by which the host sees who uses them. */
  shield(): void;
  /** @returns `true` as a text where nobody has used, replaced or deleted any of the globals */
  isShielded(): string;
}

type Globals = ScriptGlobals & { readonly input: unknown };

export function installInputs({ global, host }: Prelude): Inputs {
  let input: unknown;
  let shielded = false;
  const names = objectKeys({ input, ...scriptGlobals(emptyInputs) }) as (keyof Globals)[];
  const getters: (() => unknown)[] = [];
  const setters: ((value: unknown) => void)[] = [];
  for (const name of names) {
    getters.push(() => {
      ask();
      return global[name];
    });
    setters.push((value) => {
      ask();
      global[name] = value;
    });
  }

  function hasAccessor(index: number): boolean {
    return getOwnPropertyDescriptor(global, names[index] as string)?.get === getters[index];
  }

  function set(globals: Globals): void {
    input = globals.input;
    for (let index = 0; index < names.length; index++) {
      // What an import has done to a global stays.
      if (shielded && !hasAccessor(index)) continue;
      const name = names[index] as keyof Globals;
      defineProperty(global, name, {
        // An import may give properties to the prototype of all objects.
        __proto__: null,
        value: globals[name],
        writable: true,
        enumerable: true,
        configurable: true,
      } as PropertyDescriptor);
    }
    shielded = false;
  }

  function setFrom(inputJson: string | null | undefined, globalsJson: string): void {
    // The host sends what `scriptGlobals` gives.
    const globals = frozenFrom(globalsJson) as ScriptGlobals;
    const isGiven = inputJson !== undefined && inputJson !== null;
    set({ ...globals, input: isGiven ? frozenFrom(inputJson) : undefined });
  }

  /** Sets the globals of the request before `begin`. */
  function ask(): void {
    if (!shielded) return;
    const texts = parse(host.call('inputs') as string) as readonly [string | null, string];
    setFrom(texts[0], texts[1]);
  }

  set({ input, ...deepFreeze(scriptGlobals(emptyInputs)) });

  return {
    input: () => input,
    begin(inputJson, globalsJson) {
      setFrom(inputJson === undefined ? null : decodeText(inputJson), decodeText(globalsJson));
    },
    shield() {
      shielded = true;
      for (let index = 0; index < names.length; index++) {
        defineProperty(
          global,
          names[index] as string,
          {
            __proto__: null,
            get: getters[index],
            set: setters[index],
            enumerable: true,
            configurable: true,
          } as PropertyDescriptor,
        );
      }
    },
    isShielded() {
      for (let index = 0; index < names.length; index++) {
        if (!hasAccessor(index)) return 'false';
      }
      return shielded ? 'true' : 'false';
    },
  };
}

function frozenFrom(json: string): unknown {
  return deepFreeze(parse(json));
}

function deepFreeze<Value>(root: Value): Value {
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest[rest.length - 1];
    rest.length -= 1;
    if (typeof value !== 'object' || value === null) continue;
    freeze(value);
    const keys = objectKeys(value);
    for (let index = 0; index < keys.length; index++) {
      rest[rest.length] = (value as Record<string, unknown>)[keys[index] as string];
    }
  }
  return root;
}
