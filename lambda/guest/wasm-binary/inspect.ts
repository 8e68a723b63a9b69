/**
 * What a module says about itself, read from its bytes before anything is compiled: signatures,
 * memories, tables, exports, and where each section lies.
 *
 * Core specification, chapter 5 (binary format), with the proposals that V8 has on: reference
 * types, typed function references, garbage collection, exceptions, multiple memories.
 */

import { WASM_MAGIC } from '../../contract/languages.ts';
import { skipConstantExpression } from './constant-expression.ts';
import { MalformedModule, Reader, readVector } from './reader.ts';
import { readSections, type Section, type Span, sectionId } from './sections.ts';
import { type Limits, readLimits, readTypes, readValueType, type Signature } from './types.ts';

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

type ExternKind = ImportShape['kind'];

interface ExportShape {
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
  /** Names of custom sections, without long ones: no tool gives those. */
  readonly customSections: ReadonlySet<string>;
}

/** A name of the guest's as messages show it. */
export function shown(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

type Preamble =
  | { readonly kind: 'module' | 'component' }
  /** The magic number is there, what follows is neither of them. */
  | { readonly kind: 'unknown'; readonly version: number; readonly layer: number }
  /** It ends within the preamble. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'garbage' };

/** Tells a core module (layer 0) from a component (layer 1) and from anything else. */
export function readPreamble(bytes: Uint8Array): Preamble {
  const preamble = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length));
  if (preamble.toString('latin1', 0, 4) !== WASM_MAGIC) return { kind: 'garbage' };
  if (preamble.length < 8) return { kind: 'incomplete' };
  const [version, layer] = [preamble.readUInt16LE(4), preamble.readUInt16LE(6)];
  if (layer === 1) return { kind: 'component' };
  if (layer === 0 && version === 1) return { kind: 'module' };
  return { kind: 'unknown', version, layer };
}

/** @throws {MalformedModule} where the bytes cannot be read as a module */
export function inspect(bytes: Uint8Array): ModuleShape {
  const sections = readSections(bytes);
  const content = (id: number): Reader | null => {
    const section = sections.find((candidate) => candidate.id === id);
    if (!section) return null;
    const { start, end } = section.content;
    if (end - start > MAX_DECLARATION_BYTES) {
      throw new MalformedModule(`section ${id} is over ${MAX_DECLARATION_BYTES} bytes`, start);
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
    customSections: readCustomNames(bytes, sections),
  };
}

const MAX_SHORT_NAME_BYTES = 64;

function readCustomNames(bytes: Uint8Array, sections: readonly Section[]): Set<string> {
  const names = new Set<string>();
  for (const { id, content } of sections) {
    if (id !== sectionId.custom) continue;
    const reader = new Reader(bytes, content.start, content.end);
    const { offset } = reader;
    if (reader.u32() > MAX_SHORT_NAME_BYTES) continue;
    reader.offset = offset;
    names.add(reader.name());
  }
  return names;
}

/**
 * The most that types, imports, functions or exports may take in the file, as what is read of them
 * takes many times as much of the sandbox's heap. The largest real modules stay far below.
 */
const MAX_DECLARATION_BYTES = 2 * 1024 * 1024;

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
