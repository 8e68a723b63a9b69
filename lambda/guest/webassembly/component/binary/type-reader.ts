/** Reads types: of values, functions, components, instances, resources and core modules. */

import type { Reader } from '../../../wasm-binary/reader.ts';
import { readLimits, readValueType } from '../../../wasm-binary/types.ts';
import { UnsupportedModule } from '../../module/limits.ts';
import { rejectAsynchronous } from './asynchronous.ts';
import type { ReadingBudget } from './budget.ts';
import type {
  CoreExtern,
  CoreTypeDefinition,
  Definition,
  DefinitionBody,
  ModuleDeclaration,
  Named,
  Primitive,
  TypeDefinition,
  ValueReference,
  ValueTypeDefinition,
} from './definitions.ts';
import { readDeclared, readImport } from './extern-reader.ts';
import { readAlias } from './sort-reader.ts';

const primitives = new Map<number, Primitive>([
  [0x7f, 'bool'],
  [0x7e, 's8'],
  [0x7d, 'u8'],
  [0x7c, 's16'],
  [0x7b, 'u16'],
  [0x7a, 's32'],
  [0x79, 'u32'],
  [0x78, 's64'],
  [0x77, 'u64'],
  [0x76, 'f32'],
  [0x75, 'f64'],
  [0x74, 'char'],
  [0x73, 'string'],
]);

/** Of 64 KiB each: what 32 bits can address. */
const MAX_PAGES = 65_536n;

export function readType(reader: Reader, budget: ReadingBudget): TypeDefinition {
  const code = reader.bytes[reader.offset];
  switch (code) {
    case 0x40:
      reader.byte();
      return readFunction(reader, budget);
    case 0x43:
      return rejectAsynchronous('asynchronous functions');
    case 0x41:
    case 0x42: {
      reader.byte();
      const kind = code === 0x41 ? 'component' : 'instance';
      const declarations = budget.nested(reader, () =>
        budget.vector(reader, (item) => readDeclaration(item, budget, kind)),
      );
      return { kind, declarations };
    }
    case 0x3f:
      reader.byte();
      return readResource(reader);
    default:
      return { kind: 'value', type: readValue(reader, budget) };
  }
}

function readFunction(reader: Reader, budget: ReadingBudget): TypeDefinition {
  const params = budget.vector(reader, (item) => readLabelled(item, budget));
  const form = reader.byte();
  if (form === 0) return { kind: 'func', params, result: readReference(reader) };
  if (form !== 1 || reader.byte() !== 0) throw reader.malformed('unknown form of results');
  return { kind: 'func', params, result: null };
}

function readResource(reader: Reader): TypeDefinition {
  const representation = readValueType(reader);
  if (representation !== 'i32') {
    throw reader.malformed(`a resource is represented by ${representation}, not by i32`);
  }
  const hasDestructor = reader.byte();
  if (hasDestructor > 1) throw reader.malformed('unknown form of destructor');
  return { kind: 'resource', destructor: hasDestructor === 1 ? reader.u32() : null };
}

function readDeclaration(
  reader: Reader,
  budget: ReadingBudget,
  within: 'component' | 'instance',
): Definition {
  const { offset } = reader;
  const read = (): DefinitionBody => {
    const code = reader.byte();
    switch (code) {
      case 0x00:
        return { op: 'core type', type: readCoreType(reader, budget) };
      case 0x01: {
        const type = readType(reader, budget);
        if (type.kind === 'resource') {
          throw reader.malformed('a resource cannot be defined within a type');
        }
        return { op: 'type', type };
      }
      case 0x02:
        return readAlias(reader, budget);
      case 0x03:
        if (within === 'instance') break;
        return readImport(reader, budget);
      case 0x04: {
        const { name, value: type } = readDeclared(reader, budget);
        const item = { sort: 'type', index: 0 } as const;
        return { op: 'export', name, item, type };
      }
    }
    throw reader.malformed(`unknown declaration 0x${code.toString(16)}`);
  };
  return { ...read(), offset };
}

function readReference(reader: Reader): ValueReference {
  const primitive = primitives.get(reader.bytes[reader.offset] ?? 0);
  if (primitive === undefined) {
    if (reader.bytes[reader.offset] === 0x64) rejectAsynchronous('error-context');
    const index = reader.s33();
    if (index < 0) throw reader.malformed('unknown type of a value');
    return index;
  }
  reader.byte();
  return primitive;
}

function readOptional(reader: Reader): ValueReference | null {
  const form = reader.byte();
  if (form > 1) throw reader.malformed('an optional type is neither absent nor there');
  return form === 1 ? readReference(reader) : null;
}

function readLabelled(reader: Reader, budget: ReadingBudget): Named<ValueReference> {
  return { name: budget.name(reader), value: readReference(reader) };
}

function readValue(reader: Reader, budget: ReadingBudget): ValueTypeDefinition {
  const code = reader.byte();
  const primitive = primitives.get(code);
  if (primitive !== undefined) return { kind: 'primitive', type: primitive };
  switch (code) {
    case 0x72:
      return {
        kind: 'record',
        fields: budget.vector(reader, (item) => readLabelled(item, budget)),
      };
    case 0x71:
      return { kind: 'variant', cases: budget.vector(reader, (item) => readCase(item, budget)) };
    case 0x70:
      return { kind: 'list', element: readReference(reader), length: null };
    case 0x67:
      return { kind: 'list', element: readReference(reader), length: reader.u32() };
    case 0x6f:
      return { kind: 'tuple', types: budget.vector(reader, readReference) };
    case 0x6e:
      return { kind: 'flags', names: budget.vector(reader, (item) => budget.name(item)) };
    case 0x6d:
      return { kind: 'enum', names: budget.vector(reader, (item) => budget.name(item)) };
    case 0x6b:
      return { kind: 'option', type: readReference(reader) };
    case 0x6a:
      return { kind: 'result', ok: readOptional(reader), error: readOptional(reader) };
    case 0x69:
      return { kind: 'own', resource: reader.u32() };
    case 0x68:
      return { kind: 'borrow', resource: reader.u32() };
    case 0x66:
      return rejectAsynchronous('the type stream');
    case 0x65:
      return rejectAsynchronous('the type future');
    case 0x64:
      return rejectAsynchronous('the type error-context');
    case 0x63:
      throw new UnsupportedModule(
        'The component uses the type map, which the component model has not settled yet.',
      );
    default:
      throw reader.malformed(`unknown type 0x${code.toString(16)}`);
  }
}

function readCase(reader: Reader, budget: ReadingBudget): Named<ValueReference | null> {
  const name = budget.name(reader);
  const value = readOptional(reader);
  if (reader.byte() !== 0) throw reader.malformed('a case refines another one');
  return { name, value };
}

export function readCoreType(reader: Reader, budget: ReadingBudget): CoreTypeDefinition {
  const code = reader.byte();
  switch (code) {
    case 0x50:
      return {
        kind: 'module',
        declarations: budget.nested(reader, () =>
          budget.vector(reader, (item) => readModuleDeclaration(item, budget)),
        ),
      };
    case 0x60:
      return {
        kind: 'func',
        params: budget.vector(reader, readValueType),
        results: budget.vector(reader, readValueType),
      };
    case 0x00:
    case 0x4e:
    case 0x4f:
    case 0x5e:
    case 0x5f:
      throw new UnsupportedModule(
        'The component declares a core type of the garbage collection proposal; within components this engine runs types of functions and modules only.',
      );
    default:
      throw reader.malformed(`unknown core type 0x${code.toString(16)}`);
  }
}

function readModuleDeclaration(reader: Reader, budget: ReadingBudget): ModuleDeclaration {
  const code = reader.byte();
  switch (code) {
    case 0x00: {
      const module = budget.name(reader);
      const name = budget.name(reader);
      return { op: 'import', module, name, type: readCoreExtern(reader) };
    }
    case 0x01:
      return { op: 'type', type: readCoreType(reader, budget) };
    case 0x02: {
      if (reader.byte() !== 0x10 || reader.byte() !== 0x01) {
        throw reader.malformed('a module type can alias outer types only');
      }
      return { op: 'alias', depth: reader.u32(), index: reader.u32() };
    }
    case 0x03:
      return { op: 'export', name: budget.name(reader), type: readCoreExtern(reader) };
    default:
      throw reader.malformed(`unknown declaration of a module 0x${code.toString(16)}`);
  }
}

function readCoreExtern(reader: Reader): CoreExtern {
  const code = reader.byte();
  const readMemory = (): string => {
    const limits = readLimits(reader);
    if (!limits.wide && (limits.min > MAX_PAGES || (limits.max ?? 0n) > MAX_PAGES)) {
      throw reader.malformed(`a memory has at most ${MAX_PAGES} pages`);
    }
    return describe(limits);
  };
  const describe = (limits: ReturnType<typeof readLimits>): string =>
    `${limits.min} ${limits.max ?? ''}${limits.shared ? ' shared' : ''}${limits.wide ? ' i64' : ''}`;
  switch (code) {
    case 0x00:
      return { kind: 'function', type: reader.u32() };
    case 0x01: {
      const element = readValueType(reader);
      return { kind: 'table', description: `${element} ${describe(readLimits(reader))}` };
    }
    case 0x02:
      return { kind: 'memory', description: readMemory() };
    case 0x03: {
      const type = readValueType(reader);
      return { kind: 'global', description: reader.byte() === 1 ? `mut ${type}` : type };
    }
    case 0x04:
      reader.byte();
      return { kind: 'tag', type: reader.u32() };
    default:
      throw reader.malformed(`unknown kind of core import or export 0x${code.toString(16)}`);
  }
}
