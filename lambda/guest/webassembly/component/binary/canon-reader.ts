/** Reads canonical functions and their options. */

import type { Reader } from '../../../wasm-binary/reader.ts';
import { UnsupportedModule } from '../../module/limits.ts';
import { rejectAsynchronous } from './asynchronous.ts';
import type { ReadingBudget } from './budget.ts';
import type { CanonDefinition, CanonOptions, StringEncoding } from './definitions.ts';

export function readCanon(reader: Reader, budget: ReadingBudget): CanonDefinition {
  const code = reader.byte();
  switch (code) {
    case 0x00: {
      readFuncSort(reader);
      const func = reader.u32();
      const options = readOptions(reader, budget);
      return { op: 'lift', func, options, type: reader.u32() };
    }
    case 0x01: {
      readFuncSort(reader);
      return { op: 'lower', func: reader.u32(), options: readOptions(reader, budget) };
    }
    case 0x02:
      return { op: 'resource.new', type: reader.u32() };
    case 0x03:
      return { op: 'resource.drop', type: reader.u32() };
    case 0x04:
      return { op: 'resource.rep', type: reader.u32() };
    default:
      return rejectOther(reader, code);
  }
}

function readFuncSort(reader: Reader): void {
  if (reader.byte() !== 0) throw reader.malformed('not a canonical function');
}

function rejectOther(reader: Reader, code: number): never {
  if (code === 0x07) rejectAsynchronous('resource.drop async');
  if (code >= 0x40 && code <= 0x42) {
    throw new UnsupportedModule(
      'The component starts threads, which this engine does not run: build it without them.',
    );
  }
  if (code >= 0x05 && code <= 0x2d) rejectAsynchronous(asynchronous[code] ?? 'asynchronous calls');
  throw reader.malformed(`unknown canonical function 0x${code.toString(16)}`);
}

const asynchronous: { readonly [code: number]: string } = {
  5: 'task.cancel',
  6: 'subtask.cancel',
  8: 'backpressure.set',
  9: 'task.return',
  10: 'context.get',
  11: 'context.set',
  12: 'thread.yield',
  13: 'subtask.drop',
  14: 'stream.new',
  21: 'future.new',
  28: 'error-context.new',
  31: 'waitable-set.new',
};

const encodings: readonly StringEncoding[] = ['utf8', 'utf16', 'latin1+utf16'];

function readOptions(reader: Reader, budget: ReadingBudget): CanonOptions {
  let encoding: StringEncoding | null = null;
  let memory: number | null = null;
  let realloc: number | null = null;
  let postReturn: number | null = null;
  const once = (current: unknown, name: string): void => {
    if (current !== null) throw reader.malformed(`the option ${name} is there twice`);
  };
  budget.vector(reader, (item) => {
    const code = item.byte();
    switch (code) {
      case 0x00:
      case 0x01:
      case 0x02:
        once(encoding, 'string-encoding');
        encoding = encodings[code] ?? null;
        return;
      case 0x03:
        once(memory, 'memory');
        memory = item.u32();
        return;
      case 0x04:
        once(realloc, 'realloc');
        realloc = item.u32();
        return;
      case 0x05:
        once(postReturn, 'post-return');
        postReturn = item.u32();
        return;
      case 0x06:
      case 0x07:
        return rejectAsynchronous(code === 6 ? 'asynchronous functions' : 'callbacks');
      default:
        throw item.malformed(`unknown canonical option 0x${code.toString(16)}`);
    }
  });
  return { encoding: encoding ?? 'utf8', memory, realloc, postReturn };
}
