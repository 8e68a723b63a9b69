/**
 * A component as its binary has it: definitions in their order, each with the offset that messages show.
 * Component Model, Binary.md: https://github.com/WebAssembly/component-model
 */

export type CoreSort =
  | 'core func'
  | 'core table'
  | 'core memory'
  | 'core global'
  | 'core tag'
  | 'core type'
  | 'core module'
  | 'core instance';

export type Sort = CoreSort | 'func' | 'value' | 'type' | 'component' | 'instance';

/** An entry of the index space of a sort. */
export interface Reference {
  readonly sort: Sort;
  readonly index: number;
}

export interface Named<Value> {
  readonly name: string;
  readonly value: Value;
}

export interface ComponentBinary {
  readonly offset: number;
  readonly definitions: readonly Definition[];
}

/** What a definition says, without its place. */
export type DefinitionBody =
  | { readonly op: 'core module'; readonly start: number; readonly end: number }
  | {
      readonly op: 'core instantiate';
      readonly module: number;
      /** Core instances by the name of the module that imports name. */
      readonly args: readonly Named<number>[];
    }
  | { readonly op: 'core exports'; readonly exports: readonly Named<Reference>[] }
  | { readonly op: 'core type'; readonly type: CoreTypeDefinition }
  | { readonly op: 'component'; readonly component: ComponentBinary }
  | {
      readonly op: 'instantiate';
      readonly component: number;
      readonly args: readonly Named<Reference>[];
    }
  | { readonly op: 'exports'; readonly exports: readonly Named<Reference>[] }
  | AliasDefinition
  | { readonly op: 'type'; readonly type: TypeDefinition }
  | CanonDefinition
  | ImportDefinition
  | ExportDefinition;

export type Definition = { readonly offset: number } & DefinitionBody;

export type AliasDefinition =
  | {
      readonly op: 'alias export';
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | {
      readonly op: 'alias core export';
      readonly sort: CoreSort;
      readonly instance: number;
      readonly name: string;
    }
  | {
      readonly op: 'alias outer';
      readonly sort: Sort;
      /** How many scopes outwards. */
      readonly depth: number;
      readonly index: number;
    };

export type CanonDefinition =
  | {
      readonly op: 'lift';
      readonly func: number;
      readonly options: CanonOptions;
      readonly type: number;
    }
  | { readonly op: 'lower'; readonly func: number; readonly options: CanonOptions }
  | {
      readonly op: 'resource.new' | 'resource.drop' | 'resource.rep';
      readonly type: number;
    };

export type StringEncoding = 'utf8' | 'utf16' | 'latin1+utf16';

/** Indices of core memories and functions; `null` where the option is absent. */
export interface CanonOptions {
  readonly encoding: StringEncoding;
  readonly memory: number | null;
  readonly realloc: number | null;
  readonly postReturn: number | null;
}

interface ImportDefinition {
  readonly op: 'import';
  readonly name: string;
  readonly type: ExternType;
}

interface ExportDefinition {
  readonly op: 'export';
  readonly name: string;
  readonly item: Reference;
  readonly type: ExternType | null;
}

/** What an import or export is declared to be. */
export type ExternType =
  | {
      readonly sort: 'core module' | 'func' | 'component' | 'instance';
      /** Index of its type. */
      readonly type: number;
    }
  | { readonly sort: 'type'; readonly bound: { readonly equals: number } | 'resource' };

export type Primitive =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string';

/** A primitive type, or the index of a type. */
export type ValueReference = Primitive | number;

export type ValueTypeDefinition =
  | { readonly kind: 'primitive'; readonly type: Primitive }
  | { readonly kind: 'record'; readonly fields: readonly Named<ValueReference>[] }
  | { readonly kind: 'variant'; readonly cases: readonly Named<ValueReference | null>[] }
  | { readonly kind: 'list'; readonly element: ValueReference; readonly length: number | null }
  | { readonly kind: 'tuple'; readonly types: readonly ValueReference[] }
  | { readonly kind: 'flags' | 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'option'; readonly type: ValueReference }
  | {
      readonly kind: 'result';
      readonly ok: ValueReference | null;
      readonly error: ValueReference | null;
    }
  | { readonly kind: 'own' | 'borrow'; readonly resource: number };

export type TypeDefinition =
  | { readonly kind: 'value'; readonly type: ValueTypeDefinition }
  | {
      readonly kind: 'func';
      readonly params: readonly Named<ValueReference>[];
      readonly result: ValueReference | null;
    }
  | { readonly kind: 'component'; readonly declarations: readonly Definition[] }
  | { readonly kind: 'instance'; readonly declarations: readonly Definition[] }
  | { readonly kind: 'resource'; readonly destructor: number | null };

/** A type of core WebAssembly: of a module, or any other, of which only functions matter here. */
export type CoreTypeDefinition =
  | { readonly kind: 'module'; readonly declarations: readonly ModuleDeclaration[] }
  | {
      readonly kind: 'func';
      readonly params: readonly string[];
      readonly results: readonly string[];
    }
  | { readonly kind: 'other' };

export type ModuleDeclaration =
  | {
      readonly op: 'import';
      readonly module: string;
      readonly name: string;
      readonly type: CoreExtern;
    }
  | { readonly op: 'export'; readonly name: string; readonly type: CoreExtern }
  | { readonly op: 'type'; readonly type: CoreTypeDefinition }
  | { readonly op: 'alias'; readonly depth: number; readonly index: number };

/** What a core module imports or exports, as its type says. */
export type CoreExtern =
  | { readonly kind: 'function'; readonly type: number }
  | { readonly kind: 'table' | 'memory' | 'global'; readonly description: string }
  | { readonly kind: 'tag'; readonly type: number };
