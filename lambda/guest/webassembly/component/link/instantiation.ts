/**
 * Evaluates a component, definition after definition, and those that it instantiates: for a run, or only
 * to check it. Both go the same way, so that a check plans what a run needs.
 */

import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { CompiledModule } from '../../module/compiled.ts';
import { ComponentInstance } from '../abi/component-instance.ts';
import { definedResource } from '../abi/resources.ts';
import type { Definition, Named, Reference } from '../binary/definitions.ts';
import { checkType } from './abstract.ts';
import { evaluateCanon } from './canon.ts';
import {
  declaredExports,
  instanceExports,
  instantiateModule,
  type MemoryGrants,
  type MemoryNeeds,
  ownMemories,
  resolveImports,
} from './core-instances.ts';
import {
  checkedCoreType,
  evaluateAlias,
  evaluateDeclarations,
  type Supply,
} from './declarations.ts';
import { match } from './match.ts';
import { ExternNames } from './names.ts';
import {
  type ComponentClosure,
  type CoreItem,
  type Exports,
  type Item,
  renamed,
  Scope,
} from './scope.ts';
import { standIns } from './stand-ins.ts';
import { evaluateType } from './types.ts';
import { Visibility } from './visibility.ts';
import { Work } from './work.ts';

/** What a run adds to the check of a component. */
export interface Realization {
  readonly grants: MemoryGrants;
  /** Follows the growth of memory. */
  watch(instance: WebAssembly.Instance, compiled: CompiledModule): void;
}

type Op<Name extends Definition['op']> = Extract<Definition, { readonly op: Name }>;

interface Body {
  readonly scope: Scope;
  readonly instance: ComponentInstance;
  readonly supply: Supply;
  readonly exports: Map<string, Item>;
  readonly names: { readonly imports: ExternNames; readonly exports: ExternNames };
  /** `null` where what it imports and exports has been checked before. */
  readonly visibility: Visibility | null;
}

export class Instantiation {
  readonly needs: MemoryNeeds = { memories: [], tableElements: 0 };
  readonly work: Work;
  readonly #modules: ReadonlyMap<Definition, CompiledModule>;
  readonly #realization: Realization | null;

  /**
   * @param modules the core modules of a component and those within it, by their definitions
   * @param realization `null`: nothing is made, nothing runs
   */
  constructor(
    modules: ReadonlyMap<Definition, CompiledModule>,
    realization: Realization | null,
    work = new Work(realization !== null),
  ) {
    this.#modules = modules;
    this.#realization = realization;
    this.work = work;
  }

  /**
   * @param supply gives each import
   * @param mayBlock whether something that it imports may wait
   * @throws {MalformedModule} {UnsupportedModule} and what start functions throw
   */
  async instantiate(
    closure: ComponentClosure,
    supply: Supply,
    parent: ComponentInstance | null,
    mayBlock: boolean,
  ): Promise<Exports> {
    this.work.instance();
    if ('declared' in closure) {
      const { declarations, scope } = closure.declared;
      const exports = standIns(this.work);
      return evaluateDeclarations(declarations, scope, this.work, exports, { imports: supply });
    }
    const { binary, scope: outer } = closure;
    this.work.enter(binary.offset);
    const body: Body = {
      scope: new Scope(outer, 'component'),
      instance: new ComponentInstance(parent, mayBlock),
      supply,
      exports: new Map(),
      names: {
        imports: new ExternNames('import', this.work),
        exports: new ExternNames('export', this.work),
      },
      visibility: parent || this.work.isChecked ? null : new Visibility(this.work),
    };
    for (const definition of binary.definitions) {
      this.work.step(definition.offset);
      const item = this.#evaluate(definition, body);
      body.scope.add(item instanceof Promise ? await item : item);
    }
    this.work.leave();
    return body.exports;
  }

  #evaluate(definition: Definition, body: Body): Item | Promise<Item> {
    const { scope, instance } = body;
    const { offset } = definition;
    switch (definition.op) {
      case 'core module': {
        const module = this.#modules.get(definition);
        if (!module) throw new Error('a core module has not been compiled');
        return { sort: 'core module', module };
      }
      case 'core instantiate':
        return this.#instantiateModule(definition, body);
      case 'core exports':
        return { sort: 'core instance', exports: coreExports(definition, scope) };
      case 'core type':
        return { sort: 'core type', type: checkedCoreType(definition, scope, this.work) };
      case 'component':
        return this.#component(definition, body);
      case 'instantiate':
        return this.#instantiateComponent(definition, body);
      case 'exports':
        return {
          sort: 'instance',
          exports: inlineExports(definition.exports, scope, offset, this.work),
        };
      case 'alias export':
      case 'alias core export':
      case 'alias outer':
        return evaluateAlias(definition, scope);
      case 'type':
        return evaluateTypeIn(definition, body, this.work);
      case 'lift':
      case 'lower':
      case 'resource.new':
      case 'resource.drop':
      case 'resource.rep':
        return evaluateCanon(definition, scope, instance);
      case 'import':
        return this.#import(definition, body);
      case 'export':
        return this.#export(definition, body);
    }
  }

  /** Within a component that is checked by itself, each that it defines is so, too, used or not. */
  #component({ component: binary }: Op<'component'>, { scope, visibility }: Body) {
    const item: Item = { sort: 'component', component: { binary, scope } };
    if (!visibility) return item;
    const check = new Instantiation(this.#modules, null, this.work.aside());
    const checked = check.instantiate(item.component, standIns(check.work), null, false);
    return checked.then(() => item);
  }

  async #instantiateModule(
    { module, args, offset }: Op<'core instantiate'>,
    { scope, instance: { mayBlock } }: Body,
  ): Promise<Item> {
    this.work.instance();
    const { module: compiled } = scope.get('core module', module, offset);
    const given = new Map<string, ReadonlyMap<string, CoreItem>>();
    for (const { name, value } of args) {
      if (given.has(name))
        throw new MalformedModule(`the argument "${name}" is there twice`, offset);
      given.set(name, scope.get('core instance', value, offset).exports);
    }
    const imports = resolveImports(compiled, given, offset, this.work);
    this.needs.memories.push(...ownMemories(compiled));
    this.needs.tableElements += compiled.bounded.tableElements;
    const realization = this.#realization;
    if (!realization) return { sort: 'core instance', exports: declaredExports(compiled) };
    const instance = instantiateModule(compiled, imports, realization.grants);
    realization.watch(instance, compiled);
    const { startExport } = compiled.bounded;
    const start = startExport === null ? null : instance.exports[startExport];
    if (typeof start === 'function') {
      await (mayBlock ? WebAssembly.promising(start)() : (start as () => unknown)());
    }
    return { sort: 'core instance', exports: instanceExports(compiled, instance) };
  }

  async #instantiateComponent(
    { component, args, offset }: Op<'instantiate'>,
    { scope, instance }: Body,
  ): Promise<Item> {
    const { component: closure } = scope.get('component', component, offset);
    const given = inlineExports(args, scope, offset, this.work, false);
    const supply: Supply = (name, type, within, at) =>
      match(given.get(name), type, within, at, `import "${name}"`, this.work);
    const exports = await this.instantiate(closure, supply, instance, anyBlocks(given.values()));
    return { sort: 'instance', exports };
  }

  #export({ name, item: reference, type, offset }: Op<'export'>, body: Body): Item {
    const { scope, names, exports, visibility } = body;
    const found = exportable(reference, scope, offset);
    const seen = type ? match(found, type, scope, offset, `export "${name}"`, this.work) : found;
    const item = seen.sort === 'type' && visibility ? renamed(seen) : seen;
    names.exports.add(name, item, offset);
    visibility?.add('export', name, item, offset);
    exports.set(name, named(item, name));
    return item;
  }

  #import({ name, type, offset }: Op<'import'>, { names, scope, supply, visibility }: Body): Item {
    const item = supply(name, type, scope, offset);
    names.imports.add(name, item, offset);
    visibility?.add('import', name, item, offset);
    return named(item, name);
  }
}

function evaluateTypeIn({ type, offset }: Op<'type'>, { scope, instance }: Body, work: Work): Item {
  if (type.kind !== 'resource') {
    const evaluated = evaluateType(type, scope, offset, work);
    checkType(evaluated, work);
    return { sort: 'type', type: evaluated };
  }
  const { destructor } = type;
  const core = destructor === null ? null : scope.get('core func', destructor, offset);
  if (core && (core.signature.params.join() !== 'i32' || core.signature.results.length > 0)) {
    throw new MalformedModule('a destructor takes an i32 and returns nothing', offset);
  }
  const resource = definedResource(instance, core?.callable ?? null);
  return { sort: 'type', type: { kind: 'resource', type: resource } };
}

function coreExports({ exports, offset }: Op<'core exports'>, scope: Scope): Map<string, CoreItem> {
  const items = new Map<string, CoreItem>();
  for (const { name, value } of exports) {
    if (items.has(name)) throw new MalformedModule(`the export "${name}" is there twice`, offset);
    const { sort } = value;
    if (!isCore(sort)) throw new MalformedModule(`a core instance cannot export a ${sort}`, offset);
    items.set(name, scope.get(sort, value.index, offset));
  }
  return items;
}

const coreSorts = ['core func', 'core table', 'core memory', 'core global', 'core tag'] as const;

function isCore(sort: Reference['sort']): sort is (typeof coreSorts)[number] {
  return coreSorts.some((core) => core === sort);
}

function inlineExports(
  items: readonly Named<Reference>[],
  scope: Scope,
  offset: number,
  work: Work,
  areExports = true,
): Map<string, Item> {
  const names = new ExternNames('export', work);
  const exports = new Map<string, Item>();
  for (const { name, value } of items) {
    const item = exportable(value, scope, offset);
    if (areExports) names.add(name, item, offset);
    if (exports.has(name))
      throw new MalformedModule(`the argument "${name}" is there twice`, offset);
    exports.set(name, item);
  }
  return exports;
}

function exportable({ sort, index }: Reference, scope: Scope, offset: number): Item {
  if (sort === 'value' || (sort.startsWith('core ') && sort !== 'core module')) {
    throw new MalformedModule(`a component cannot export a ${sort}`, offset);
  }
  return scope.get(sort, index, offset);
}

/** @param seen instances may have the same one in them many times */
function anyBlocks(items: Iterable<Item>, seen = new Set<Exports>()): boolean {
  for (const item of items) {
    if (item.sort === 'func' && item.func.mayBlock) return true;
    if (item.sort === 'instance' && !seen.has(item.exports)) {
      seen.add(item.exports);
      if (anyBlocks(item.exports.values(), seen)) return true;
    }
    if (item.sort !== 'type' || item.type.kind !== 'resource') continue;
    const { owner } = item.type.type;
    if (owner instanceof ComponentInstance && owner.mayBlock) return true;
  }
  return false;
}

/** A resource is known by the name under which it is first imported or exported. */
function named(item: Item, name: string): Item {
  if (item.sort === 'type' && item.type.kind === 'resource' && item.type.type.name === '') {
    item.type.type.name = name;
  }
  return item;
}
