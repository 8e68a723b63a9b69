/**
 * What a module says about itself, read from its bytes before anything is compiled: signatures,
 * memories, tables, exports, and where each section lies.
 *
 * Core specification, chapter 5 (binary format), with the proposals that V8 has on: reference
 * types, typed function references, garbage collection, exceptions, multiple memories.
 */

import { WASM_MAGIC } from '../../contract/languages.ts';
import { MalformedModule, Reader } from './reader.ts';

export interface Signature {
  /** Value types as in the text format: `i32`, `funcref`, `(ref null 3)`. */
  readonly params: readonly string[];
  readonly results: readonly string[];
}

export interface Limits {
  readonly min: bigint;
  readonly max: bigint | null;
  readonly shared: boolean;
  /** Addressed by i64 (memory64, table64). */
  readonly wide: boolean;
}

export interface TableType {
  readonly element: string;
  readonly limits: Limits;
}

export type ImportShape = { readonly module: string; readonly name: string } & (
  | { readonly kind: 'function'; readonly signature: Signature }
  | { readonly kind: 'table'; readonly table: TableType }
  | { readonly kind: 'memory'; readonly limits: Limits }
  | { readonly kind: 'global'; readonly type: string }
  | { readonly kind: 'tag' }
);

export type ExternKind = ImportShape['kind'];

export interface ExportShape {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
}

/** A table that the module defines, and where its type and initial value lie. */
export interface DefinedTable extends TableType {
  /** The encoding before the limits (`0x40 0x00` where an initial value follows, and the type). */
  readonly head: Span;
  /** The initial value's expression; empty where there is none. */
  readonly tail: Span;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly id: number;
  /** Identifier and size included. */
  readonly whole: Span;
  readonly content: Span;
}

export interface ModuleShape {
  readonly sections: readonly Section[];
  readonly imports: readonly ImportShape[];
  /** Signatures by function index, imported functions first. */
  readonly functions: readonly Signature[];
  readonly definedTables: readonly DefinedTable[];
  readonly definedMemories: readonly Limits[];
  readonly exports: readonly ExportShape[];
  /** Index of the start function. */
  readonly start: number | null;
  /** By type index; `null`: not a function type. */
  readonly types: readonly (Signature | null)[];
  /** Globals that the module defines. */
  readonly globalCount: number;
}

/** A name of the guest's as messages show it. */
export function shown(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

export type CodeKind = 'module' | 'component' | 'garbage';

/** Tells a core module from a component (layer 1 in its preamble) and from anything else. */
export function kindOf(bytes: Uint8Array): CodeKind {
  const preamble = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length));
  if (preamble.length < 8 || preamble.toString('latin1', 0, 4) !== WASM_MAGIC) return 'garbage';
  if (preamble.readUInt32LE(4) === 1) return 'module';
  return preamble.readUInt16LE(6) === 1 ? 'component' : 'garbage';
}

/** @throws {MalformedModule} where the bytes cannot be read as a module */
export function inspect(bytes: Uint8Array): ModuleShape {
  const sections = readSections(bytes);
  const content = (id: number): Reader | null => {
    const section = sections.find((candidate) => candidate.id === id);
    if (!section) return null;
    const { start, end } = section.content;
    if (end - start > maxDeclarationBytes) {
      throw new MalformedModule(`section ${id} is over ${maxDeclarationBytes} bytes`, start);
    }
    return new Reader(bytes, start, end);
  };
  const types = readTypes(content(sectionId.type));
  const signatureOf = (reader: Reader): Signature => {
    const signature = types[reader.u32()];
    if (!signature) throw reader.malformed('not the index of a function type');
    return signature;
  };
  const imports = readVector(content(sectionId.import), (reader) =>
    readImport(reader, signatureOf),
  );
  const imported = imports.flatMap((entry) => (entry.kind === 'function' ? [entry.signature] : []));
  const defined = readVector(content(sectionId.function), signatureOf);
  return {
    sections,
    imports,
    functions: [...imported, ...defined],
    definedTables: readVector(content(sectionId.table), readDefinedTable),
    definedMemories: readVector(content(sectionId.memory), readLimits),
    exports: readVector(content(sectionId.export), readExport),
    start: content(sectionId.start)?.u32() ?? null,
    types,
    globalCount: content(sectionId.global)?.u32() ?? 0,
  };
}

/**
 * The most that types, imports, functions or exports may take in the file, as what is read of them
 * takes many times as much of the sandbox's heap. The largest real modules stay far below.
 */
const maxDeclarationBytes = 2 * 1024 * 1024;

export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
} as const;

/** Where the specification wants a section, by its id: the tag and data count sections came later. */
export function sectionRank(id: number): number {
  return sectionOrder.indexOf(id);
}

const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 14, 7, 8, 9, 12, 10, 11];

function readSections(bytes: Uint8Array): Section[] {
  const reader = new Reader(bytes, 8);
  const sections: Section[] = [];
  let lastRank = -1;
  while (!reader.done) {
    const start = reader.offset;
    const id = reader.byte();
    const size = reader.u32();
    const contentStart = reader.skip(size);
    if (id !== sectionId.custom) {
      const rank = sectionRank(id);
      if (rank <= lastRank) throw new MalformedModule(`unexpected section ${id}`, start);
      lastRank = rank;
    }
    sections.push({
      id,
      whole: { start, end: reader.offset },
      content: { start: contentStart, end: reader.offset },
    });
  }
  return sections;
}

function readVector<Item>(reader: Reader | null, item: (reader: Reader) => Item): Item[] {
  if (!reader) return [];
  const items: Item[] = [];
  for (let left = reader.count(); left > 0; left -= 1) items.push(item(reader));
  if (!reader.done) throw reader.malformed('section longer than its content');
  return items;
}

/** Types by index; `null` for what is not a function type. */
function readTypes(reader: Reader | null): (Signature | null)[] {
  const types: (Signature | null)[] = [];
  readVector(reader, (group) => {
    if (group.bytes[group.offset] !== 0x4e) {
      types.push(readSubtype(group));
      return;
    }
    group.byte();
    for (let left = group.count(); left > 0; left -= 1) types.push(readSubtype(group));
  });
  return types;
}

function readSubtype(reader: Reader): Signature | null {
  let form = reader.byte();
  if (form === 0x50 || form === 0x4f) {
    for (let left = reader.count(); left > 0; left -= 1) reader.u32();
    form = reader.byte();
  }
  if (form === 0x60) return { params: readTypeList(reader), results: readTypeList(reader) };
  if (form === 0x5e) {
    readField(reader);
    return null;
  }
  if (form === 0x5f) {
    for (let left = reader.count(); left > 0; left -= 1) readField(reader);
    return null;
  }
  throw reader.malformed(`unknown type form 0x${form.toString(16)}`);
}

function readTypeList(reader: Reader): string[] {
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left -= 1) types.push(readValueType(reader));
  return types;
}

function readField(reader: Reader): void {
  const packed = reader.bytes[reader.offset];
  if (packed === 0x78 || packed === 0x77) reader.byte();
  else readValueType(reader);
  reader.byte();
}

const valueTypes = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
  [0x74, 'nullexnref'],
  [0x73, 'nullfuncref'],
  [0x72, 'nullexternref'],
  [0x71, 'nullref'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
  [0x6e, 'anyref'],
  [0x6d, 'eqref'],
  [0x6c, 'i31ref'],
  [0x6b, 'structref'],
  [0x6a, 'arrayref'],
  [0x69, 'exnref'],
]);

function readValueType(reader: Reader): string {
  const code = reader.byte();
  if (code === 0x63) return `(ref null ${readHeapType(reader)})`;
  if (code === 0x64) return `(ref ${readHeapType(reader)})`;
  const type = valueTypes.get(code);
  if (type === undefined) throw reader.malformed(`unknown value type 0x${code.toString(16)}`);
  return type;
}

function readHeapType(reader: Reader): string {
  const value = reader.s33();
  return value >= 0
    ? String(value)
    : (valueTypes.get(value + 0x80) ?? 'unknown').replace(/ref$/, '');
}

function readLimits(reader: Reader): Limits {
  const flags = reader.byte();
  if (flags > 7) throw reader.malformed(`unknown limits flags 0x${flags.toString(16)}`);
  return {
    shared: (flags & 2) !== 0,
    wide: (flags & 4) !== 0,
    min: reader.u64(),
    max: (flags & 1) !== 0 ? reader.u64() : null,
  };
}

function readDefinedTable(reader: Reader): DefinedTable {
  const start = reader.offset;
  const initialized = reader.bytes[start] === 0x40;
  if (initialized) reader.skip(2);
  const element = readValueType(reader);
  const head = { start, end: reader.offset };
  const limits = readLimits(reader);
  const tailStart = reader.offset;
  if (initialized) skipConstantExpression(reader);
  return { element, limits, head, tail: { start: tailStart, end: reader.offset } };
}

const externKinds: readonly ExternKind[] = ['function', 'table', 'memory', 'global', 'tag'];

function readImport(reader: Reader, signatureOf: (reader: Reader) => Signature): ImportShape {
  const name = { module: reader.name(), name: reader.name() };
  const kind = externKinds[reader.byte()];
  switch (kind) {
    case 'function':
      return { ...name, kind, signature: signatureOf(reader) };
    case 'table':
      return {
        ...name,
        kind,
        table: { element: readValueType(reader), limits: readLimits(reader) },
      };
    case 'memory':
      return { ...name, kind, limits: readLimits(reader) };
    case 'global': {
      const type = readValueType(reader);
      return { ...name, kind, type: reader.byte() === 1 ? `(mut ${type})` : type };
    }
    case 'tag':
      reader.byte();
      reader.u32();
      return { ...name, kind };
    default:
      throw reader.malformed('unknown kind of import');
  }
}

function readExport(reader: Reader): ExportShape {
  const name = reader.name();
  const kind = externKinds[reader.byte()];
  if (!kind) throw reader.malformed('unknown kind of export');
  return { name, kind, index: reader.u32() };
}

/** Steps over a constant expression, so that what follows a table's initial value can be read. */
function skipConstantExpression(reader: Reader): void {
  for (;;) {
    const opcode = reader.byte();
    switch (opcode) {
      case 0x0b:
        return;
      case 0x23: // global.get
      case 0xd2: // ref.func
      case 0x41: // i32.const
        reader.skipLeb(5);
        break;
      case 0x42: // i64.const
        reader.skipLeb(10);
        break;
      case 0x43: // f32.const
        reader.skip(4);
        break;
      case 0x44: // f64.const
        reader.skip(8);
        break;
      case 0xd0: // ref.null
        reader.s33();
        break;
      case 0x6a: // i32.add, sub, mul; i64.add, sub, mul
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      case 0xfb: // struct.new, array.new and their kind
        skipGcConstant(reader);
        break;
      case 0xfd: // v128.const
        if (reader.u32() !== 12) throw reader.malformed('not a constant instruction');
        reader.skip(16);
        break;
      default:
        throw reader.malformed('not a constant instruction');
    }
  }
}

function skipGcConstant(reader: Reader): void {
  const opcode = reader.u32();
  const indices = new Map([
    [0, 1],
    [1, 1],
    [6, 1],
    [7, 1],
    [8, 2],
    [26, 0],
    [27, 0],
    [28, 0],
  ]).get(opcode);
  if (indices === undefined) throw reader.malformed('not a constant instruction');
  for (let left = indices; left > 0; left -= 1) reader.u32();
}
