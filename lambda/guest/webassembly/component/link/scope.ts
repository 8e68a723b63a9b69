/** The index spaces of a component, or of the type of one, what they hold, and those around them. */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Signature } from '../../../wasm-binary/types.ts';
import type { CompiledModule } from '../../module/compiled.ts';
import type { ComponentFunction } from '../abi/call.ts';
import type { CoreCallable } from '../abi/context.ts';
import type {
  ComponentBinary,
  Definition,
  ModuleDeclaration,
  Sort,
} from '../binary/definitions.ts';
import type { FunctionType } from '../types/function-type.ts';
import type { ResourceType, ValueType } from '../types/value-type.ts';

type ItemOf<Wanted extends Sort> = Extract<Item, { readonly sort: Wanted }>;

export class Scope {
  readonly parent: Scope | null;
  /** A component, or a type: aliases that cross the border of a component reach less. */
  readonly kind: 'component' | 'type';
  readonly #spaces = new Map<Sort, Item[]>();

  constructor(parent: Scope | null, kind: 'component' | 'type') {
    this.parent = parent;
    this.kind = kind;
  }

  add(item: Item): void {
    const space = this.#spaces.get(item.sort);
    if (space) space.push(item);
    else this.#spaces.set(item.sort, [item]);
  }

  /**
   * @param offset of the definition that refers to it
   * @throws {MalformedModule} where there is no such item
   */
  get<Wanted extends Sort>(sort: Wanted, index: number, offset: number): ItemOf<Wanted> {
    const space = this.#spaces.get(sort) ?? [];
    const item = space[index];
    if (!item) {
      const there = space.length === 0 ? 'there are none' : `there are ${space.length}`;
      throw new MalformedModule(`unknown ${sort} ${index}: ${there}`, offset);
    }
    return item as ItemOf<Wanted>;
  }

  type<Kind extends Type['kind']>(
    kind: Kind,
    index: number,
    offset: number,
  ): Extract<Type, { readonly kind: Kind }> {
    const { type } = this.get('type', index, offset);
    if (type.kind !== kind) {
      throw new MalformedModule(
        `type ${index} is that of a ${type.kind}, not of a ${kind}`,
        offset,
      );
    }
    return type as Extract<Type, { readonly kind: Kind }>;
  }

  /** Whether the border of a component lies between it and the scope so many scopes outwards. */
  isWithinComponent(depth: number): boolean {
    let scope: Scope | null = this;
    for (let left = depth; left > 0 && scope; left -= 1) {
      if (scope.kind === 'component') return true;
      scope = scope.parent;
    }
    return false;
  }

  /** @throws {MalformedModule} where there are fewer scopes around it */
  outer(depth: number, offset: number): Scope {
    let scope: Scope = this;
    for (let left = depth; left > 0; left -= 1) {
      if (!scope.parent) throw new MalformedModule(`invalid outer alias count of ${depth}`, offset);
      scope = scope.parent;
    }
    return scope;
  }
}

/** Values of core items are `null` where a component is only checked, not run. */
export type CoreItem =
  | {
      readonly sort: 'core func';
      readonly signature: Signature;
      readonly value: WebAssembly.ImportValue | null;
      readonly callable: CoreCallable | null;
    }
  | { readonly sort: 'core memory'; readonly value: WebAssembly.Memory | null }
  | {
      readonly sort: 'core table' | 'core global' | 'core tag';
      readonly value: WebAssembly.ImportValue | null;
    }
  | { readonly sort: 'core type'; readonly type: CoreType }
  | { readonly sort: 'core module'; readonly module: CompiledModule }
  | { readonly sort: 'core instance'; readonly exports: ReadonlyMap<string, CoreItem> };

export type CoreType =
  | { readonly kind: 'func'; readonly signature: Signature }
  | {
      readonly kind: 'module';
      readonly declarations: readonly ModuleDeclaration[];
      readonly scope: Scope;
    }
  | { readonly kind: 'other' };

export type Item =
  | CoreItem
  | { readonly sort: 'func'; readonly func: ComponentFunction }
  | { readonly sort: 'type'; readonly type: Type }
  | { readonly sort: 'component'; readonly component: ComponentClosure }
  | InstanceItem;

export interface InstanceItem {
  readonly sort: 'instance';
  readonly exports: Exports;
}

export type Exports = ReadonlyMap<string, Item>;

/** A component with the scope that its outer aliases refer to; or one of which only the type is known. */
export type ComponentClosure =
  | { readonly binary: ComponentBinary; readonly scope: Scope | null }
  | { readonly declared: TypeClosure<'component'> };

export type Type =
  | { readonly kind: 'value'; readonly type: ValueType }
  | { readonly kind: 'func'; readonly type: FunctionType }
  | TypeClosure<'component'>
  | TypeClosure<'instance'>
  | { readonly kind: 'resource'; readonly type: ResourceType };

export interface TypeClosure<Kind extends string> {
  readonly kind: Kind;
  readonly declarations: readonly Definition[];
  readonly scope: Scope;
}

/** Types that an import or export gives a name of their own. */
export const nameable: ReadonlySet<string> = new Set([
  'record',
  'variant',
  'enum',
  'flags',
  'own',
  'borrow',
]);

/** The type that an import or export makes of one: equal to it, and told from it by its name. */
export function renamed(item: ItemOf<'type'>): ItemOf<'type'> {
  const { type } = item;
  if (type.kind === 'resource') return { sort: 'type', type: { ...type } };
  if (type.kind !== 'value' || !nameable.has(type.type.kind)) return item;
  return { sort: 'type', type: { kind: 'value', type: { ...type.type } } };
}
