/**
 * Which types have a name outside of a component. Explainer.md, External Visibility of Types: resources, records,
 * variants, enums and flags that an import or export uses must have been imported or exported before, and
 * an import cannot use the name that an export has given.
 */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { ValueType } from '../types/value-type.ts';
import { evaluateDeclarations } from './declarations.ts';
import { type Item, nameable, type Type } from './scope.ts';
import { standIns } from './stand-ins.ts';
import type { Work } from './work.ts';

type Border = 'import' | 'export';

export class Visibility {
  readonly #work: Work;
  readonly #around: Visibility | null;
  /** Types that have a name, and those found to consist of such. */
  readonly #named: { readonly [border in Border]: Set<object> } = {
    import: new Set(),
    export: new Set(),
  };

  constructor(work: Work, around: Visibility | null = null) {
    this.#work = work;
    this.#around = around;
  }

  /**
   * Notes that an item is imported or exported.
   * @throws {MalformedModule} where it uses a type that has no name
   */
  add(border: Border, name: string, item: Item, offset: number): void {
    if (this.#register(border, item)) return;
    throw new MalformedModule(
      `the ${border} "${name}" uses a type that is not ${border}ed before it`,
      offset,
    );
  }

  #register(border: Border, item: Item): boolean {
    switch (item.sort) {
      case 'type':
        if (!this.#consistsOfNamed(border, item.type)) return false;
        this.#named[border].add(identityOf(item.type));
        return true;
      case 'func':
        return this.#consistsOfNamed(border, { kind: 'func', type: item.func.type });
      case 'instance':
        // Instances may have the same one in them many times.
        if (this.#named[border].has(item.exports)) return true;
        for (const exported of item.exports.values()) {
          if (!this.#register(border, exported)) return false;
        }
        this.#named[border].add(item.exports);
        return true;
      default:
        return true;
    }
  }

  #consistsOfNamed(border: Border, type: Type): boolean {
    switch (type.kind) {
      case 'value':
        return partsOf(type.type).every((part) => this.#isNamed(border, part));
      case 'func': {
        const { params, result } = type.type;
        return [...params.map((param) => param.type), result].every((part) =>
          this.#isNamed(border, part),
        );
      }
      case 'instance': {
        const exports = evaluateDeclarations(
          type.declarations,
          type.scope,
          this.#work,
          standIns(this.#work),
        );
        return new Visibility(this.#work, this).#register(border, { sort: 'instance', exports });
      }
      default:
        return true;
    }
  }

  #isNamed(border: Border, type: ValueType | null): boolean {
    if (!type || this.#has(border, identityOf({ kind: 'value', type }))) return true;
    if (nameable.has(type.kind)) return false;
    if (!partsOf(type).every((part) => this.#isNamed(border, part))) return false;
    // So that types which share their parts are not looked through again and again.
    this.#named[border].add(type);
    return true;
  }

  /** What is imported has a name for exports, too. */
  #has(border: Border, identity: object): boolean {
    const { import: imported, export: exported } = this.#named;
    if (imported.has(identity) || (border === 'export' && exported.has(identity))) return true;
    const around = this.#around;
    return around ? around.#has(border, identity) : false;
  }
}

/** A resource has as many names as types of the component are that resource. */
function identityOf(type: Type): object {
  if (type.kind !== 'value') return type;
  return type.type.kind === 'own' || type.type.kind === 'borrow' ? type.type.via : type.type;
}

function partsOf(type: ValueType): readonly (ValueType | null)[] {
  if (type.kind === 'own' || type.kind === 'borrow') return [type];
  if ('fields' in type) return type.fields.map((field) => field.type);
  if ('cases' in type) return type.cases.map((each) => each.type);
  if (type.kind === 'list') return [type.element];
  return [];
}
