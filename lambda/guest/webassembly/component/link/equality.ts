/** Whether two types are the same: by structure, resources by identity. */

import type { FunctionType } from '../types/function-type.ts';
import type { ValueType } from '../types/value-type.ts';

export function sameType(one: ValueType | null, other: ValueType | null): boolean {
  if (one === other) return true;
  if (!one || !other || one.kind !== other.kind || one.weight !== other.weight) return false;
  switch (one.kind) {
    case 'record':
    case 'tuple': {
      const fields = 'fields' in other ? other.fields : [];
      return sameMembers(one.fields, fields, one.kind === 'record');
    }
    case 'variant':
    case 'enum':
    case 'option':
    case 'result':
      return sameMembers(one.cases, 'cases' in other ? other.cases : [], true);
    case 'list':
      return (
        other.kind === 'list' && one.length === other.length && sameType(one.element, other.element)
      );
    case 'flags':
      return other.kind === 'flags' && one.names.join() === other.names.join();
    case 'own':
    case 'borrow':
      return 'resource' in other && one.resource === other.resource;
    default:
      return true;
  }
}

export function sameFunction(one: FunctionType, other: FunctionType): boolean {
  return sameMembers(one.params, other.params, true) && sameType(one.result, other.result);
}

interface Member {
  readonly name: string;
  readonly type: ValueType | null;
}

function sameMembers(ones: readonly Member[], others: readonly Member[], byName: boolean): boolean {
  if (ones.length !== others.length) return false;
  return ones.every(({ name, type }, at) => {
    const other = others[at];
    return other !== undefined && (!byName || name === other.name) && sameType(type, other.type);
  });
}
