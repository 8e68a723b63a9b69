/**
 * Evaluates the type of an instance, or of a component: each of its exports and imports is asked for with
 * the type that it must have, and later declarations refer to what was given. So a resource of the type is the one that was given.
 */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Definition, ExternType } from '../binary/definitions.ts';
import { checkModuleType } from './module-types.ts';
import { ExternNames } from './names.ts';
import { refersToResources } from './resource-references.ts';
import { type CoreType, type Item, Scope } from './scope.ts';
import { evaluateCoreType, evaluateType } from './types.ts';
import type { Work } from './work.ts';

/** Gives an import or export of that name and type, whose indices are those of the scope. */
export type Supply = (name: string, type: ExternType, scope: Scope, offset: number) => Item;

/** Takes note of what a component imports and exports. */
export interface Borders {
  /** @throws {MalformedModule} where it cannot be */
  add(border: 'import' | 'export', name: string, item: Item, offset: number): void;
}

/** What the declarations of a component have, and those of an instance have not. */
interface OfComponent {
  /** What it imports, where that is not what exports are supplied by. */
  readonly imports?: Supply;
  readonly borders?: Borders | null;
}

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
  { imports: supplyImport = supply, borders = null }: OfComponent = {},
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
        scope.add({ sort: 'core type', type: checkedCoreType(definition, scope, work) });
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
        if (!declarable[definition.op].has(definition.sort)) {
          throw new MalformedModule(
            `an alias within a type may only be of types or instances`,
            offset,
          );
        }
        scope.add(evaluateAlias(definition, scope));
        break;
      case 'import': {
        const item = supplyImport(definition.name, definition.type, scope, offset);
        imports.add(definition.name, item, offset);
        borders?.add('import', definition.name, item, offset);
        scope.add(item);
        break;
      }
      case 'export': {
        if (!definition.type) throw new MalformedModule('an export without a type', offset);
        const item = supply(definition.name, definition.type, scope, offset);
        names.add(definition.name, item, offset);
        borders?.add('export', definition.name, item, offset);
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

const declarable = {
  'alias export': new Set<string>(['type', 'instance']),
  'alias outer': new Set<string>(['type', 'core type']),
};

/** @throws {MalformedModule} where it is the type of a module, and something in it is wrong */
export function checkedCoreType(
  definition: Extract<Definition, { readonly op: 'core type' }>,
  scope: Scope,
  work: Work,
): CoreType {
  const type = evaluateCoreType(definition, scope);
  if (!work.isChecked) checkModuleType(type, definition.offset);
  return type;
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
    const { depth, index } = definition;
    const item = scope.outer(depth, offset).get(sort, index, offset);
    if (item.sort === 'type' && scope.isWithinComponent(depth) && refersToResources(item.type)) {
      throw new MalformedModule(
        `an outer alias into a component is of type ${index}, which refers to resources`,
        offset,
      );
    }
    return item;
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
