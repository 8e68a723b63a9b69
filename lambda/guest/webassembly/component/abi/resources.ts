/** The core functions that make, look into and drop handles of resources. */

import type { ResourceType } from '../types/value-type.ts';
import { ComponentInstance } from './component-instance.ts';
import type { CoreCallable } from './context.ts';
import { guarded } from './trap.ts';

/** A resource that a component defines. */
export function definedResource(
  owner: ComponentInstance,
  destructor: CoreCallable | null,
): ResourceType {
  return {
    name: '',
    host: null,
    owner,
    destroy(representation, caller) {
      const leave = owner.enter(caller instanceof ComponentInstance ? caller : null);
      if (!destructor) return leave();
      if (!owner.mayBlock) {
        guarded(() => destructor.now(representation));
        return leave();
      }
      return destructor.waiting(representation).then(leave);
    },
  };
}

export function newResource(instance: ComponentInstance, resource: ResourceType) {
  return (representation: number): number => {
    instance.checkMayLeave();
    return instance.handles.add({ resource, representation, scope: null, lends: 0 });
  };
}

export function resourceRepresentation(instance: ComponentInstance, resource: ResourceType) {
  return (index: number): number => Number(instance.handles.get(index, resource).representation);
}

/** The function returns a promise where the destructor may block. */
export function dropResource(instance: ComponentInstance, resource: ResourceType) {
  return (index: number): void | Promise<void> => {
    instance.checkMayLeave();
    const { scope, representation } = instance.handles.remove(index, resource);
    if (scope) {
      scope.borrows -= 1;
      return;
    }
    if (typeof representation === 'number') return resource.destroy?.(representation, instance);
    representation[Symbol.dispose]?.();
  };
}
