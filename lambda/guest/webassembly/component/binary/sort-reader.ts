/** Reads sorts, references into index spaces, and aliases. */

import type { Reader } from '../../../wasm-binary/reader.ts';
import type { ReadingBudget } from './budget.ts';
import type { AliasDefinition, CoreSort, Reference, Sort } from './definitions.ts';

const coreSorts = new Map<number, CoreSort>([
  [0x00, 'core func'],
  [0x01, 'core table'],
  [0x02, 'core memory'],
  [0x03, 'core global'],
  [0x04, 'core tag'],
  [0x10, 'core type'],
  [0x11, 'core module'],
  [0x12, 'core instance'],
]);

const sorts = new Map<number, Sort>([
  [0x01, 'func'],
  [0x02, 'value'],
  [0x03, 'type'],
  [0x04, 'component'],
  [0x05, 'instance'],
]);

export function readCoreSort(reader: Reader): CoreSort {
  const code = reader.byte();
  const sort = coreSorts.get(code);
  if (!sort) throw reader.malformed(`unknown core sort 0x${code.toString(16)}`);
  return sort;
}

export function readSort(reader: Reader): Sort {
  const code = reader.byte();
  if (code === 0) return readCoreSort(reader);
  const sort = sorts.get(code);
  if (!sort) throw reader.malformed(`unknown sort 0x${code.toString(16)}`);
  return sort;
}

export function readReference(reader: Reader): Reference {
  return { sort: readSort(reader), index: reader.u32() };
}

export function readAlias(reader: Reader, budget: ReadingBudget): AliasDefinition {
  const sort = readSort(reader);
  const target = reader.byte();
  switch (target) {
    case 0:
      return { op: 'alias export', sort, instance: reader.u32(), name: budget.name(reader) };
    case 1: {
      const core = [...coreSorts.values()].find((candidate) => candidate === sort);
      if (!core) throw reader.malformed(`a core instance has no export of sort ${sort}`);
      const instance = reader.u32();
      return { op: 'alias core export', sort: core, instance, name: budget.name(reader) };
    }
    case 2:
      return { op: 'alias outer', sort, depth: reader.u32(), index: reader.u32() };
    default:
      throw reader.malformed(`unknown target of an alias 0x${target.toString(16)}`);
  }
}
