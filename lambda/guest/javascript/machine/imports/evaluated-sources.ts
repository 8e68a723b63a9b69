/** Has what `eval` and `Function` are given prepared as the source of a script is, before QuickJS compiles it. */

import { prepareEvaluated } from '../../source/prepare-source.ts';
import type { Surroundings } from '../library.ts';
import type { RawMachine } from '../raw-machine.ts';
import { evaluateName, NOT_PREPARED } from './native-names.ts';
import type { Evaluate } from './source-exports.ts';

interface EvaluatedSources {
  readonly imports: WebAssembly.Imports[string];
  /** Gives it the machine, once there is one. */
  open(machine: { readonly raw: RawMachine; readonly own: Evaluate }): void;
}

/** What stands for the half of a character, which a text for the preparation cannot have. */
const REPLACEMENT = '\ufffd';

export function evaluatedSources({ memory, fault }: Surroundings): EvaluatedSources {
  let machine: { readonly raw: RawMachine; readonly own: Evaluate } | null = null;

  const evaluate: Evaluate = (context, self, source, length, ...rest) => {
    if (machine === null) return NOT_PREPARED;
    const { raw, own } = machine;
    const text = Buffer.from(memory.buffer as ArrayBuffer, source, length).toString();
    const prepared = text.includes(REPLACEMENT) ? null : prepareEvaluated(text);
    if (prepared === null) return NOT_PREPARED;
    return fault.guard(() => {
      const pointer = raw.newText(prepared);
      const result = own(context, self, pointer, Buffer.byteLength(prepared), ...rest);
      raw.release(pointer);
      return result;
    });
  };

  return {
    imports: { [evaluateName]: evaluate },
    open(opened) {
      machine = opened;
    },
  };
}
