/** Names that say whose function one is: `[constructor]r`, `[method]r.f` and `[static]r.f` of a resource `r`. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { FunctionType } from '../types/function-type.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';
import type { Item } from './scope.ts';

export const annotated = /^\[(constructor|method|static)\](.*)$/;

/** Resources by the names that they are imported by, or exported by, in one place. */
export class ResourceNames {
  readonly #named = new Map<string, ResourceType>();

  /**
   * Notes the name of a resource; a function with a name of that kind must be one of such a resource.
   * @throws {MalformedModule} where it is not
   */
  add(name: string, item: Item, offset: number): void {
    if (item.sort === 'type' && item.type.kind === 'resource')
      this.#named.set(name, item.type.type);
    const [, kind = '', rest = ''] = annotated.exec(name) ?? [];
    if (kind === '') return;
    if (item.sort !== 'func') throw new MalformedModule(`"${name}" is not a func`, offset);
    const [resourceName = ''] = rest.split('.');
    const resource = this.#named.get(resourceName);
    if (!resource) {
      throw new MalformedModule(`"${name}" belongs to a resource that is not here`, offset);
    }
    const wanted = misfit(kind, item.func.type, resource);
    if (wanted) throw new MalformedModule(`"${name}" ${wanted} ${resourceName}`, offset);
  }
}

/** @returns what the function should do with the resource, and does not */
function misfit(kind: string, { params, result }: FunctionType, resource: ResourceType) {
  if (kind === 'constructor') return isMade(result, resource) ? null : 'should return an own';
  if (kind === 'static') return null;
  const [self] = params;
  const isMethod =
    self?.name === 'self' && self.type.kind === 'borrow' && self.type.resource === resource;
  return isMethod ? null : 'should take a first parameter "self", a borrow of';
}

/** It is the resource, or a `result` of it. */
function isMade(type: ValueType | null, resource: ResourceType): boolean {
  const made = type?.kind === 'result' ? (type.cases[0]?.type ?? null) : type;
  return made?.kind === 'own' && made.resource === resource;
}
