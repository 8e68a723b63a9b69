/** Whether what an instantiation is given has the type that the component wants. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { ExternType } from '../binary/definitions.ts';
import { evaluateDeclarations } from './declarations.ts';
import { sameFunction, sameType } from './equality.ts';
import { matchModule } from './module-types.ts';
import type { Item, Scope, Type } from './scope.ts';
import type { Work } from './work.ts';

/**
 * @param what names the import or export in messages
 * @returns what the component sees of the item: of an instance, what the type has
 * @throws {MalformedModule}
 */
export function match(
  item: Item | undefined,
  wanted: ExternType,
  scope: Scope,
  offset: number,
  what: string,
  work: Work,
): Item {
  if (!item) throw new MalformedModule(`missing ${what}`, offset);
  if (item.sort !== wanted.sort) {
    throw new MalformedModule(`${what} is a ${item.sort}, not a ${wanted.sort}`, offset);
  }
  switch (wanted.sort) {
    case 'type':
      if (item.sort === 'type') matchType(item.type, wanted.bound, scope, offset, what);
      return item;
    case 'func':
      if (item.sort === 'func') {
        const { type } = scope.type('func', wanted.type, offset);
        if (!sameFunction(item.func.type, type)) {
          throw new MalformedModule(`${what} has another type than is wanted`, offset);
        }
        if (!work.isChecked) return { sort: 'func', func: { ...item.func, type } };
      }
      return item;
    case 'instance': {
      if (item.sort !== 'instance') return item;
      const type = scope.type('instance', wanted.type, offset);
      const exports = evaluateDeclarations(
        type.declarations,
        type.scope,
        work,
        (name, inner, within, at) =>
          match(item.exports.get(name), inner, within, at, `export "${name}" of ${what}`, work),
      );
      return { sort: 'instance', exports };
    }
    case 'core module':
      if (item.sort === 'core module') {
        const { type } = scope.get('core type', wanted.type, offset);
        if (type.kind !== 'module') {
          throw new MalformedModule(`core type ${wanted.type} is not that of a module`, offset);
        }
        matchModule(item.module, type, offset, what);
      }
      return item;
    case 'component':
      scope.type('component', wanted.type, offset);
      return item;
  }
}

function matchType(
  given: Type,
  bound: Extract<ExternType, { readonly sort: 'type' }>['bound'],
  scope: Scope,
  offset: number,
  what: string,
): void {
  if (bound === 'resource') {
    if (given.kind === 'resource') return;
    throw new MalformedModule(`${what} is not a resource`, offset);
  }
  const wanted = scope.get('type', bound.equals, offset).type;
  const isSame =
    given === wanted ||
    (given.kind === 'value' && wanted.kind === 'value' && sameType(given.type, wanted.type)) ||
    (given.kind === 'func' && wanted.kind === 'func' && sameFunction(given.type, wanted.type)) ||
    (given.kind === 'resource' && wanted.kind === 'resource' && given.type === wanted.type) ||
    (given.kind === wanted.kind && (given.kind === 'instance' || given.kind === 'component'));
  if (!isSame) throw new MalformedModule(`${what} is another type than is wanted`, offset);
}
