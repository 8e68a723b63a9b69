/**
 * Evaluates the type of an instance, or of a component: each of its exports and imports is asked for with
 * the type that it must have, and later declarations refer to what was given. So a resource of the type is the one that was given.
 */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Definition, ExternType } from '../binary/definitions.ts';
import { ExternNames } from './names.ts';
import { type Item, Scope } from './scope.ts';
import { evaluateCoreType, evaluateType } from './types.ts';
import type { Work } from './work.ts';

/** Gives an import or export of that name and type, whose indices are those of the scope. */
export type Supply = (name: string, type: ExternType, scope: Scope, offset: number) => Item;

/**
 * @param supply of what the declarations export
 * @returns what was given, by name
 * @throws {MalformedModule}
 */
export function evaluateDeclarations(
  declarations: readonly Definition[],
  parent: Scope,
  work: Work,
  supply: Supply,
): Map<string, Item> {
  const scope = new Scope(parent, 'type');
  const given = new Map<string, Item>();
  const names = new ExternNames('export', work);
  const imports = new ExternNames('import', work);
  for (const definition of declarations) {
    const { offset } = definition;
    work.step(offset);
    switch (definition.op) {
      case 'core type':
        scope.add({ sort: 'core type', type: evaluateCoreType(definition, scope) });
        break;
      case 'type': {
        const { type } = definition;
        if (type.kind === 'resource') {
          throw new MalformedModule('a resource cannot be defined within a type', offset);
        }
        scope.add({ sort: 'type', type: evaluateType(type, scope, offset, work) });
        break;
      }
      case 'alias export':
      case 'alias outer':
        scope.add(evaluateAlias(definition, scope));
        break;
      case 'import':
        imports.add(definition.name, offset);
        scope.add(supply(definition.name, definition.type, scope, offset));
        break;
      case 'export': {
        if (!definition.type) throw new MalformedModule('an export without a type', offset);
        names.add(definition.name, offset);
        const item = supply(definition.name, definition.type, scope, offset);
        scope.add(item);
        given.set(definition.name, item);
        break;
      }
      default:
        throw new MalformedModule(
          `${definition.op} cannot be within the type of an instance`,
          offset,
        );
    }
  }
  return given;
}

/** @throws {MalformedModule} */
export function evaluateAlias(
  definition: Extract<
    Definition,
    { readonly op: 'alias export' | 'alias core export' | 'alias outer' }
  >,
  scope: Scope,
): Item {
  const { offset, sort } = definition;
  if (definition.op === 'alias outer') {
    if (!aliasable.has(sort)) {
      throw new MalformedModule(`an outer alias cannot be of a ${sort}`, offset);
    }
    return scope.outer(definition.depth, offset).get(sort, definition.index, offset);
  }
  const from = definition.op === 'alias export' ? 'instance' : 'core instance';
  const { exports } = scope.get(from, definition.instance, offset);
  const item = exports.get(definition.name);
  if (!item) {
    throw new MalformedModule(
      `${from} ${definition.instance} has no export named "${definition.name}"`,
      offset,
    );
  }
  if (item.sort !== sort) {
    throw new MalformedModule(
      `the export "${definition.name}" is a ${item.sort}, not a ${sort}`,
      offset,
    );
  }
  return item;
}

const aliasable: ReadonlySet<string> = new Set(['core module', 'core type', 'type', 'component']);
