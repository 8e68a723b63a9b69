/** Evaluates definitions of types within a scope. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Definition, TypeDefinition, ValueReference } from '../binary/definitions.ts';
import { functionType } from '../types/function-type.ts';
import {
  flagsType,
  handleType,
  listType,
  primitiveType,
  recordType,
  UnfitType,
  type ValueType,
  variantType,
} from '../types/value-type.ts';
import { checkLabels } from './names.ts';
import { noteReferences } from './resource-references.ts';
import type { CoreType, Scope, Type } from './scope.ts';
import type { Work } from './work.ts';

/** All but resources, which an instance defines. */
type Definable = Exclude<TypeDefinition, { readonly kind: 'resource' }>;

/** @throws {MalformedModule} */
export function evaluateType(
  definition: Definable,
  scope: Scope,
  offset: number,
  work: Work,
): Type {
  switch (definition.kind) {
    case 'value':
      return { kind: 'value', type: evaluateValueType(definition.type, scope, offset, work) };
    case 'func': {
      const params = definition.params.map(({ name, value }) => ({
        name,
        type: referredType(value, scope, offset),
      }));
      checkLabels(params, offset, work);
      const result =
        definition.result === null ? null : referredType(definition.result, scope, offset);
      if (result?.hasBorrow) {
        throw new MalformedModule('the result of a function contains a borrow', offset);
      }
      return { kind: 'func', type: made(offset, () => functionType(params, result)) };
    }
    case 'component':
    case 'instance': {
      const type = { kind: definition.kind, declarations: definition.declarations, scope };
      noteReferences(type, work);
      return type;
    }
  }
}

export function evaluateCoreType(
  { type }: Extract<Definition, { readonly op: 'core type' }>,
  scope: Scope,
): CoreType {
  switch (type.kind) {
    case 'func':
      return { kind: 'func', signature: { params: type.params, results: type.results } };
    case 'module':
      return { ...type, scope };
    case 'other':
      return type;
  }
}

function evaluateValueType(
  definition: Extract<Definable, { readonly kind: 'value' }>['type'],
  scope: Scope,
  offset: number,
  work: Work,
): ValueType {
  const of = (reference: ValueReference): ValueType => referredType(reference, scope, offset);
  const optional = (reference: ValueReference | null): ValueType | null =>
    reference === null ? null : of(reference);
  return made(offset, () => {
    switch (definition.kind) {
      case 'primitive':
        return primitiveType(definition.type);
      case 'record': {
        const fields = definition.fields.map(({ name, value }) => ({ name, type: of(value) }));
        checkLabels(fields, offset, work);
        return recordType('record', fields);
      }
      case 'tuple':
        return recordType(
          'tuple',
          definition.types.map((type, at) => ({ name: String(at), type: of(type) })),
        );
      case 'variant': {
        const cases = definition.cases.map(({ name, value }) => ({ name, type: optional(value) }));
        checkLabels(cases, offset, work);
        return variantType('variant', cases);
      }
      case 'enum': {
        const cases = definition.names.map((name) => ({ name, type: null }));
        checkLabels(cases, offset, work);
        return variantType('enum', cases);
      }
      case 'flags':
        checkLabels(
          definition.names.map((name) => ({ name })),
          offset,
          work,
        );
        return flagsType(definition.names);
      case 'list':
        return listType(of(definition.element), definition.length);
      case 'option':
        return variantType('option', [
          { name: 'none', type: null },
          { name: 'some', type: of(definition.type) },
        ]);
      case 'result':
        return variantType('result', [
          { name: 'ok', type: optional(definition.ok) },
          { name: 'error', type: optional(definition.error) },
        ]);
      case 'own':
      case 'borrow':
        return handleType(definition.kind, scope.type('resource', definition.resource, offset));
    }
  });
}

function referredType(reference: ValueReference, scope: Scope, offset: number): ValueType {
  return typeof reference === 'number'
    ? scope.type('value', reference, offset).type
    : primitiveType(reference);
}

function made<Value>(offset: number, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnfitType) throw new MalformedModule(error.message, offset);
    throw error;
  }
}
