/**
 * `Math.hypot`, texts of numbers, and numbers of texts, where QuickJS has others than V8: the shortest texts of some
 * powers of two, fractions in other radixes than ten, and what long texts are rounded to.
 */

import type { Surroundings } from '../library.ts';
import { numberReader, VALUE_BYTES } from '../tags.ts';
import { formatName, hypotName, NO_SIZE, parseName } from './native-names.ts';
import { type LibraryMachine, openStrings } from './strings.ts';

/** QuickJS's flags of `js_dtoa` and `js_atod`. */
const [EXPONENT_ENABLED, INTEGER_ONLY] = [1 << 2, 1 << 0];
const UNDEFINED = 3n << 32n;

interface NumberTexts {
  readonly imports: WebAssembly.Imports[string];
  /** Gives it the machine, once there is one. */
  open(machine: LibraryMachine): void;
}

export function numberTexts({ memory, written, fault }: Surroundings): NumberTexts {
  const strings = openStrings(memory, written);
  const numberAt = numberReader(memory);
  let machine: LibraryMachine | null = null;
  return {
    imports: {
      /** In place of `js_dtoa2`, where it is asked for as many digits as it takes. */
      [formatName](_: number, value: number, radix: number, __: number, flags: number): bigint {
        return fault.guard(() => {
          if (machine === null) return UNDEFINED;
          const { context } = machine;
          const isExponential = (flags & EXPONENT_ENABLED) !== 0;
          return strings.value(
            context,
            isExponential ? value.toExponential() : value.toString(radix),
          );
        });
      },
      /** After `js_atod` has parsed a text: what V8 makes of it. */
      [parseName](
        start: number,
        end: number,
        radix: number,
        flags: number,
        parsed: number,
      ): number {
        const text = Buffer.from(memory.buffer as ArrayBuffer, start, end - start).toString(
          'latin1',
        );
        if (radix !== 10) return Number.parseInt(text, radix);
        const isInteger = (flags & INTEGER_ONLY) !== 0;
        const value = isInteger ? Number.parseInt(text, radix) : Number(text);
        return Number.isNaN(value) ? parsed : value;
      },
      /** In place of `js_math_hypot`: of so many values, from an address on. */
      [hypotName](count: number, start: number): number {
        const first = numberAt(start);
        const second = numberAt(start + VALUE_BYTES);
        // Most calls are of two, and a list of them would make these several times slower.
        if (count === 2)
          return first === null || second === null ? NO_SIZE : Math.hypot(first, second);
        const numbers: number[] = [];
        for (let index = 0; index < count; index++) {
          const number = numberAt(start + index * VALUE_BYTES);
          if (number === null) return NO_SIZE;
          numbers.push(number);
        }
        return Math.hypot(...numbers);
      },
    },
    open(opened) {
      machine = opened;
    },
  };
}
