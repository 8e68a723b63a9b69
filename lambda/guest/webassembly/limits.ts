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

import type { Limits, ModuleShape, Section, TableType } from './inspect.ts';
import { sectionId, sectionRank } from './inspect.ts';
import { concatenate, leb, text, vector } from './writer.ts';

export const pageBytes = 65_536;

/** What an element of a table costs V8: a reference, and for functions a dispatch entry. */
const tableElementBytes = 40;

/** V8 keeps tables on the sandbox's JavaScript heap, which has no room for more elements. */
const maxTableElements = 1_000_000;

/** How many elements all of a module's tables together may grow by. */
const tableGrowthElements = 16_384;

/** Each memory reserves gigabytes of address space. */
const maxMemories = 64;

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
  /** Add to an offset in the bounded module's code to get the offset in the original. */
  readonly codeShift: number;
}

export interface MemoryNeed {
  /** Where the host hands it in. */
  readonly module: string;
  readonly name: string;
  readonly minPages: number;
  readonly maxPages: number;
}

export interface ImportedTable {
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
  if (count > maxMemories) {
    throw new UnsupportedModule(
      `The module has ${count} memories; at most ${maxMemories} can run.`,
    );
  }
  for (const { limits } of importedMemories) refuseUnsupported(limits, 'memory');
  for (const limits of shape.definedMemories) refuseUnsupported(limits, 'memory');

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
  for (const { limits } of tables) refuseUnsupported(limits, 'table');
  const growing = tables.filter(({ limits }) => limits.max === null || limits.max > limits.min);
  const share = BigInt(Math.floor(tableGrowthElements / Math.max(1, growing.length)));
  const maximumOf = ({ limits }: TableType): bigint => {
    const cap = limits.min + share;
    return limits.max === null || limits.max > cap ? cap : limits.max;
  };
  const elements = tables.reduce((sum, table) => sum + Number(maximumOf(table)), 0);

  const startExport =
    shape.start === null
      ? null
      : unusedName(
          'start',
          shape.exports.map((entry) => entry.name),
        );
  const rewritten = new Map<number, Uint8Array[]>();
  if (shape.definedMemories.length > 0) {
    rewritten.set(sectionId.import, withMemoryImports(bytes, shape, memoryModule));
    rewritten.set(sectionId.memory, []);
  }
  if (shape.definedTables.length > 0) {
    rewritten.set(
      sectionId.table,
      vector(
        shape.definedTables.map((table) => [
          bytes.subarray(table.head.start, table.head.end),
          Uint8Array.of(1),
          leb(table.limits.min),
          leb(maximumOf(table)),
          bytes.subarray(table.tail.start, table.tail.end),
        ]),
      ),
    );
  }
  if (startExport !== null && shape.start !== null) {
    rewritten.set(sectionId.start, []);
    rewritten.set(sectionId.export, withStartExport(bytes, shape, startExport, shape.start));
  }
  const assembled = assemble(bytes, shape.sections, rewritten);
  return {
    ...assembled,
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
  const startBytes = startPages * pageBytes + module.tableElements * tableElementBytes;
  if (startBytes > memoryBytes || module.tableElements > maxTableElements) {
    throw new MemoryDemand(startBytes);
  }
  let left = Math.floor((memoryBytes - startBytes) / pageBytes);
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

function refuseUnsupported(limits: Limits, what: 'memory' | 'table'): void {
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
    `The module imports a table of ${element}; funcref and externref can be had.`,
  );
}

/** A name that nobody in the module uses. */
function unusedName(stem: string, taken: readonly string[]): string {
  let name = `${stem}:`;
  const names = new Set(taken);
  while (names.has(name)) name += ':';
  return name;
}

function withMemoryImports(bytes: Uint8Array, shape: ModuleShape, module: string): Uint8Array[] {
  const added = shape.definedMemories.flatMap((limits, index) => [
    text(module),
    text(String(index)),
    Uint8Array.of(2, limits.max === null ? 0 : 1),
    leb(limits.min),
    ...(limits.max === null ? [] : [leb(limits.max)]),
  ]);
  return appended(
    bytes,
    shape,
    sectionId.import,
    shape.imports.length,
    shape.definedMemories.length,
    added,
  );
}

function withStartExport(
  bytes: Uint8Array,
  shape: ModuleShape,
  name: string,
  start: number,
): Uint8Array[] {
  const added = [text(name), Uint8Array.of(0), leb(BigInt(start))];
  return appended(bytes, shape, sectionId.export, shape.exports.length, 1, added);
}

/** A section's content with items added at the end of its vector. */
function appended(
  bytes: Uint8Array,
  shape: ModuleShape,
  id: number,
  count: number,
  more: number,
  added: readonly Uint8Array[],
): Uint8Array[] {
  const section = shape.sections.find((candidate) => candidate.id === id);
  const items = section ? itemsOf(bytes, section) : [];
  return [leb(BigInt(count + more)), ...items, ...added];
}

/** A section's content after the count. */
function itemsOf(bytes: Uint8Array, { content }: Section): Uint8Array[] {
  let start = content.start;
  while (((bytes[start] ?? 0) & 0x80) !== 0) start += 1;
  return [bytes.subarray(start + 1, content.end)];
}

/** Puts the module together again, with new content for some sections; empty content drops one. */
function assemble(
  bytes: Uint8Array,
  sections: readonly Section[],
  rewritten: ReadonlyMap<number, readonly Uint8Array[]>,
): { bytes: Uint8Array<ArrayBuffer>; codeShift: number } {
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const pending = [...rewritten].sort(([one], [other]) => sectionRank(one) - sectionRank(other));
  const write = (id: number, content: readonly Uint8Array[]) => {
    if (content.length === 0) return;
    const size = content.reduce((sum, part) => sum + part.length, 0);
    parts.push(Uint8Array.of(id), leb(BigInt(size)), ...content);
  };
  const writeBefore = (rank: number) => {
    while (pending[0] && sectionRank(pending[0][0]) < rank) {
      const [id, content] = pending.shift() ?? [0, []];
      write(id, content);
    }
  };
  let codeShift = 0;
  for (const section of sections) {
    if (section.id !== sectionId.custom) writeBefore(sectionRank(section.id));
    const content = rewritten.get(section.id);
    if (content) {
      write(section.id, content);
      pending.shift();
      continue;
    }
    if (section.id === sectionId.code) {
      codeShift = section.whole.start - parts.reduce((sum, part) => sum + part.length, 0);
    }
    parts.push(bytes.subarray(section.whole.start, section.whole.end));
  }
  writeBefore(Number.POSITIVE_INFINITY);
  return { bytes: concatenate(parts), codeShift };
}
