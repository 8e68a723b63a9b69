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
  /** Sets the globals from JSON texts; where one is absent, to what they are in a realm that has run nothing. */
  begin(inputJson: string | undefined, globalsJson: string | undefined): void;
  /** Until `begin`, puts accessors in the place of the globals, by which the host sees who uses them. */
  shield(): void;
  /** Ends that, where nobody has used any of them: they are as in a realm that has run nothing. */
  unshield(): void;
  /** @returns `true` as a text where nobody has used, replaced or deleted any of the globals */
  isShielded(): string;
}

type Globals = ScriptGlobals & { readonly input: unknown };

export function installInputs({ global, host }: Prelude): Inputs {
  let input: unknown;
  let shielded = false;
  const none = deepFreeze(scriptGlobals(emptyInputs));
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

  /** @param globals absent: those of a request that has none */
  function set(given: unknown, globals?: ScriptGlobals): void {
    input = given;
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as keyof Globals;
      // What an import has done to a global stays.
      const isSet = shielded ? !hasAccessor(index) : name !== 'input' && globals === undefined;
      if (isSet) continue;
      defineProperty(global, name, {
        // An import may give properties to the prototype of all objects.
        __proto__: null,
        value: name === 'input' ? given : (globals ?? none)[name],
        writable: true,
        enumerable: true,
        configurable: true,
      } as PropertyDescriptor);
    }
    shielded = false;
  }

  function setFrom(inputJson: string | null | undefined, globalsJson?: string): void {
    const isGiven = inputJson !== undefined && inputJson !== null;
    set(
      isGiven ? frozenFrom(inputJson) : undefined,
      // The host sends what `scriptGlobals` gives.
      globalsJson === undefined ? undefined : (frozenFrom(globalsJson) as ScriptGlobals),
    );
  }

  /** Sets the globals of the request before `begin`. */
  function ask(): void {
    if (!shielded) return;
    const texts = parse(host.call('inputs') as string) as readonly [string | null, string];
    setFrom(texts[0], texts[1]);
  }

  set(undefined, none);

  return {
    input: () => input,
    begin(inputJson, globalsJson) {
      setFrom(
        inputJson === undefined ? undefined : decodeText(inputJson),
        globalsJson === undefined ? undefined : decodeText(globalsJson),
      );
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
    unshield: () => set(undefined),
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
