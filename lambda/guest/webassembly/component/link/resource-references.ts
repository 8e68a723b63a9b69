/** Which types refer to resources: an outer alias cannot take such a type into a component. */

import type { Definition } from '../binary/definitions.ts';
import type { Scope, Type, TypeClosure } from './scope.ts';
import type { Work } from './work.ts';

/** Types of components and instances that do. */
const referring = new WeakSet<object>();

export function refersToResources(type: Type): boolean {
  switch (type.kind) {
    case 'resource':
      return true;
    case 'value':
      return type.type.hasHandle;
    case 'func': {
      const { params, result } = type.type;
      return params.some((param) => param.type.hasHandle) || result?.hasHandle === true;
    }
    case 'component':
    case 'instance':
      return referring.has(type);
  }
}

/**
 * Notes whether a type that has just been defined refers to resources, as is known of those before it.
 * Resources that it declares are its own; those of around it are there by outer aliases only.
 */
export function noteReferences(type: TypeClosure<string>, work: Work): void {
  if (work.isChecked) return;
  if (aliasesResources(type.declarations, type.scope, 0, work)) referring.add(type);
}

function aliasesResources(
  declarations: readonly Definition[],
  scope: Scope,
  depth: number,
  work: Work,
): boolean {
  return declarations.some((declaration) => {
    const { offset } = declaration;
    work.step(offset);
    if (declaration.op === 'type' && 'declarations' in declaration.type) {
      return aliasesResources(declaration.type.declarations, scope, depth + 1, work);
    }
    if (declaration.op !== 'alias outer' || declaration.depth <= depth) return false;
    const { sort, index } = declaration;
    const item = scope.outer(declaration.depth - depth - 1, offset).get(sort, index, offset);
    return item.sort === 'type' && refersToResources(item.type);
  });
}
