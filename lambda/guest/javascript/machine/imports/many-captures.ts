/**
 * Regular expressions with more captures than QuickJS can number, which is 254. The build has QuickJS ask
 * here where it cannot compile an expression, and where it is to execute one that was compiled here.
 */

import type { Surroundings } from '../library.ts';
import { EXCEPTION_TAG, VALUE_BYTES } from '../tags.ts';
import { captureWindows, MAX_GROUPS } from './capture-windows.ts';
import { type CompiledWindow, captureBytes, executeJoint, joinBytecode } from './joint-bytecode.ts';
import { compileName, executeName } from './native-names.ts';
import type { Compile, Execute, RegExpExports } from './regexp-exports.ts';
import { type LibraryMachine, openStrings, STRING_TAG, tagOf } from './strings.ts';

const UNDEFINED_TAG = 3;
const EXCEPTION = BigInt(EXCEPTION_TAG) << 32n;
/** All windows together: compiling more takes seconds, in which nothing interrupts. */
const MAX_COMPILED_LENGTH = 64 * 1024 * 1024;

interface Machine extends LibraryMachine {
  readonly own: RegExpExports;
}

interface ManyCaptures {
  readonly imports: WebAssembly.Imports[string];
  /** Gives it the machine, once there is one. */
  open(machine: Machine): void;
}

export function manyCaptures({ memory, written, fault }: Surroundings): ManyCaptures {
  const strings = openStrings(memory, written);
  let machine: Machine | null = null;

  /** Called where QuickJS has thrown, be it for the number of captures. */
  const compile: Compile = (address, pattern, flags) => {
    if (machine === null) return EXCEPTION;
    const { context, raw, own } = machine;
    const text = strings.textOf(pattern);
    const given = tagOf(flags) === UNDEFINED_TAG ? '' : strings.textOf(flags);
    if (text === null || given === null || !mayHaveMany(text) || !isValid(text, given)) {
      return EXCEPTION;
    }
    const windows = captureWindows(text, given);
    if (windows === null || text.length * windows.length > MAX_COMPILED_LENGTH) return EXCEPTION;
    return fault.guard(() => {
      raw.takeException().dispose();
      const compiled: CompiledWindow[] = [];
      for (const window of windows) {
        const source = strings.create(context, window.pattern);
        const value = own.compile(address, raw.valueAt(source.value), flags);
        source.dispose();
        if (tagOf(value) !== STRING_TAG) return value;
        compiled.push({ ...window, bytecode: Buffer.from(strings.unitsOf(value)) });
        const pointer = raw.allocate(VALUE_BYTES);
        raw.setValue(pointer, value);
        raw.handleAt(pointer).dispose();
      }
      return strings.value(context, joinBytecode(compiled).toString('latin1'));
    });
  };

  const execute: Execute = (captures, bytecode, ...rest) =>
    fault.guard(() => {
      if (machine === null) throw new Error('There is no machine yet.');
      const { execute: executeWindow } = machine.own;
      written.mark(captures, captureBytes(memory, bytecode));
      return executeJoint(memory, executeWindow, captures, bytecode, ...rest);
    });

  return {
    imports: { [compileName]: compile, [executeName]: execute },
    open(opened) {
      machine = opened;
    },
  };
}

/** Whether it has as many parentheses, which few that do not compile have. */
function mayHaveMany(pattern: string): boolean {
  return pattern.split('(', MAX_GROUPS + 2).length > MAX_GROUPS + 1;
}

/** Whether V8 takes it, with its own limit of captures: it compiles none before it is executed. */
function isValid(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
