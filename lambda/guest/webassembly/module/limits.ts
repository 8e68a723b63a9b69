/**
 * Bounds what a module may allocate, whatever limit a run sets, with one compilation for all.
 *
 * Memories that the module defines become imports, so that each run hands in its own, created with
 * the maximum of that run (`memory.grow` then answers −1 by itself). Function indices and code stay
 * as they are: a module's own memories follow the imported ones in the index space before and
 * after. Tables stay defined, so that V8 can check calls against a constant size where it is
 * constant, and get a maximum.
 *
 * The start function becomes an export, as host functions need the instance's memory while it runs
 * and may suspend it.
 */

import type { DefinedTable, ModuleShape, TableType } from '../../wasm-binary/inspect.ts';
import type { Change } from '../../wasm-binary/rewrite.ts';
import { rewrite } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import type { Limits } from '../../wasm-binary/types.ts';
import { concatenate, leb, text, vector } from '../../wasm-binary/writer.ts';
import type { Move } from './growth.ts';
import { offsetInFile, watchGrowth } from './growth.ts';

export const PAGE_BYTES = 65_536;

/** What an element of a table costs V8: a reference, and for functions a dispatch entry. */
const TABLE_ELEMENT_BYTES = 40;

/** V8 keeps tables on the sandbox's JavaScript heap, which has no room for more elements. */
const MAX_TABLE_ELEMENTS = 1_000_000;

/** How many elements all of a module's tables together may grow by. */
const TABLE_GROWTH_ELEMENTS = 16_384;

/** Each memory reserves gigabytes of address space. */
const MAX_MEMORIES = 64;

export interface BoundedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Module name under which the bounded module imports its own memories: `0`, `1`, … */
  readonly memoryModule: string;
  /** Every memory, by index. */
  readonly memories: readonly MemoryNeed[];
  /** Tables the host must create, by import. */
  readonly importedTables: readonly ImportedTable[];
  /** How many elements all tables together may come to have. */
  readonly tableElements: number;
  /** Name of the export that was the start function; `null` where there was none. */
  readonly startExport: string | null;
  /** Name of the exported global that takes the function to call with what each growth came to. */
  readonly growthExport: string | null;
  /** Where an offset in the bounded module's code lies in the file. */
  readonly offsetInFile: (offset: number) => number;
}

interface MemoryNeed {
  /** Where the host hands it in. */
  readonly module: string;
  readonly name: string;
  readonly minPages: number;
  readonly maxPages: number;
}

interface ImportedTable {
  readonly module: string;
  readonly name: string;
  readonly element: 'anyfunc' | 'externref';
  readonly initial: number;
  readonly maximum: number;
}

/** The module uses a feature that this engine does not run; the message names it. */
export class UnsupportedModule extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedModule';
  }
}

/**
 * Rewrites a module's declarations of memories, tables and start function.
 * @throws {UnsupportedModule} where its memory or tables cannot be bounded
 */
export function bound(bytes: Uint8Array, shape: ModuleShape): BoundedModule {
  const importedMemories = shape.imports.filter((entry) => entry.kind === 'memory');
  const tableImports = shape.imports.filter((entry) => entry.kind === 'table');
  const count = importedMemories.length + shape.definedMemories.length;
  if (count > MAX_MEMORIES) {
    throw new UnsupportedModule(
      `The module has ${count} memories; at most ${MAX_MEMORIES} can run.`,
    );
  }
  for (const { limits } of importedMemories) rejectUnsupported(limits, 'memory');
  for (const limits of shape.definedMemories) rejectUnsupported(limits, 'memory');

  const memoryModule = unusedName(
    'host',
    shape.imports.map((entry) => entry.module),
  );
  const memories = [
    ...importedMemories.map(({ module, name, limits }) => ({ module, name, ...pagesOf(limits) })),
    ...shape.definedMemories.map((limits, index) => ({
      module: memoryModule,
      name: String(index),
      ...pagesOf(limits),
    })),
  ];

  const tables = [...tableImports.map(({ table }) => table), ...shape.definedTables];
  for (const { limits } of tables) rejectUnsupported(limits, 'table');
  const growing = tables.filter(({ limits }) => limits.max === null || limits.max > limits.min);
  const share = BigInt(Math.floor(TABLE_GROWTH_ELEMENTS / Math.max(1, growing.length)));
  const maximumOf = ({ limits }: TableType): bigint => {
    const cap = limits.min + share;
    return limits.max === null || limits.max > cap ? cap : limits.max;
  };
  const elements = tables.reduce((sum, table) => sum + Number(maximumOf(table)), 0);

  const exportNames = shape.exports.map((entry) => entry.name);
  const watched = watchGrowth(bytes, shape);
  const startExport = shape.start === null ? null : unusedName('start', exportNames);
  const growthExport = watched ? unusedName('growth', exportNames) : null;
  const changes = new Map<number, Change>();
  if (shape.definedMemories.length > 0) {
    changes.set(sectionId.import, { append: memoryImports(shape.definedMemories, memoryModule) });
    changes.set(sectionId.memory, { content: [] });
  }
  if (shape.definedTables.length > 0) {
    changes.set(sectionId.table, {
      content: boundedTables(bytes, shape.definedTables, maximumOf),
    });
  }
  const exports: Uint8Array[] = [];
  if (startExport !== null && shape.start !== null) {
    changes.set(sectionId.start, { content: [] });
    exports.push(exportItem(startExport, 0, shape.start));
  }
  if (watched && growthExport !== null) {
    for (const [id, append] of watched.added) changes.set(id, { append });
    changes.set(sectionId.code, { content: watched.code });
    exports.push(exportItem(growthExport, 3, watched.global));
  }
  if (exports.length > 0) changes.set(sectionId.export, { append: exports });
  const rewritten = rewrite(bytes, shape.sections, changes);
  const code = shape.sections.find(({ id }) => id === sectionId.code);
  const moves: readonly Move[] = watched?.moves ?? [{ to: 0, from: code?.content.start ?? 0 }];
  return {
    bytes: rewritten.bytes,
    memoryModule,
    memories,
    importedTables: tableImports.map((entry) => ({
      module: entry.module,
      name: entry.name,
      element: hostElement(entry.table.element),
      initial: Number(entry.table.limits.min),
      maximum: Number(maximumOf(entry.table)),
    })),
    tableElements: elements,
    startExport,
    growthExport,
    offsetInFile: (offset) => offsetInFile(moves, offset - rewritten.codeStart) ?? offset,
  };
}

/** The module's memories and tables are larger at the start than a run may have. */
export class MemoryDemand extends Error {
  readonly demandedBytes: number;

  constructor(demandedBytes: number) {
    super(`The module needs ${demandedBytes} bytes of memory to start.`);
    this.name = 'MemoryDemand';
    this.demandedBytes = demandedBytes;
  }
}

/**
 * How many pages each memory may have in a run, so that all together with the tables stay within
 * the limit. What one memory cannot use goes to the others.
 * @returns pages by memory
 * @throws {MemoryDemand} where the memories do not even fit at their initial sizes
 */
export function grantPages(
  module: Pick<BoundedModule, 'memories' | 'tableElements'>,
  memoryBytes: number,
): number[] {
  const startPages = module.memories.reduce((sum, { minPages }) => sum + minPages, 0);
  const startBytes = startPages * PAGE_BYTES + module.tableElements * TABLE_ELEMENT_BYTES;
  if (startBytes > memoryBytes || module.tableElements > MAX_TABLE_ELEMENTS) {
    throw new MemoryDemand(startBytes);
  }
  let left = Math.floor((memoryBytes - startBytes) / PAGE_BYTES);
  const grants = module.memories.map(({ minPages }) => minPages);
  const byDemand = module.memories
    .map(({ minPages, maxPages }, index) => ({ index, minPages, wanted: maxPages - minPages }))
    .sort((one, other) => one.wanted - other.wanted);
  byDemand.forEach(({ index, minPages, wanted }, position) => {
    const granted = Math.max(0, Math.min(wanted, Math.floor(left / (byDemand.length - position))));
    grants[index] = minPages + granted;
    left -= granted;
  });
  return grants;
}

function pagesOf(limits: Limits): { minPages: number; maxPages: number } {
  return { minPages: Number(limits.min), maxPages: Number(limits.max ?? 65_536n) };
}

function rejectUnsupported(limits: Limits, what: 'memory' | 'table'): void {
  if (limits.shared) {
    throw new UnsupportedModule(
      `The module wants a shared ${what} (the threads proposal), which this engine does not run: build it without threads.`,
    );
  }
  if (limits.wide) {
    throw new UnsupportedModule(
      `The module wants a 64-bit ${what} (the memory64 proposal), which this engine does not run: build it for wasm32.`,
    );
  }
}

function hostElement(element: string): 'anyfunc' | 'externref' {
  if (element === 'funcref') return 'anyfunc';
  if (element === 'externref') return 'externref';
  throw new UnsupportedModule(
    `The module imports a table of ${element}; the host gives tables of funcref and externref only.`,
  );
}

/** A name that the module does not use. */
function unusedName(stem: string, taken: readonly string[]): string {
  let name = `${stem}:`;
  const names = new Set(taken);
  while (names.has(name)) name += ':';
  return name;
}

function memoryImports(memories: readonly Limits[], module: string): Uint8Array[] {
  return memories.map(({ min, max }, index) =>
    concatenate([
      text(module),
      text(String(index)),
      Uint8Array.of(2, max === null ? 0 : 1),
      leb(min),
      ...(max === null ? [] : [leb(max)]),
    ]),
  );
}

function boundedTables(
  bytes: Uint8Array,
  tables: readonly DefinedTable[],
  maximumOf: (table: TableType) => bigint,
): Uint8Array[] {
  return vector(
    tables.map((table) => [
      bytes.subarray(table.head.start, table.head.end),
      Uint8Array.of(1),
      leb(table.limits.min),
      leb(maximumOf(table)),
      bytes.subarray(table.tail.start, table.tail.end),
    ]),
  );
}

/** @param kind 0 a function, 3 a global */
function exportItem(name: string, kind: 0 | 3, index: number): Uint8Array {
  return concatenate([text(name), Uint8Array.of(kind), leb(BigInt(index))]);
}
