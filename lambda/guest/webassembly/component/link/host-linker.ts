/** Gives a component the imports that the host offers, and names those that it lacks. */

import { UnsupportedModule } from '../../module/limits.ts';
import { type MissingImport, MissingImports } from '../../module/link.ts';
import type { CallSide, ComponentFunction } from '../abi/call.ts';
import { rethrowAsTrap, trap } from '../abi/trap.ts';
import type { ExternType } from '../binary/definitions.ts';
import { type HostFunction, type HostInterface, type HostValue, ResultError } from '../host.ts';
import type { FunctionType } from '../types/function-type.ts';
import type { ResourceType } from '../types/value-type.ts';
import { functionText } from '../types/wit-text.ts';
import { evaluateDeclarations } from './declarations.ts';
import { type Item, renamed, type Scope } from './scope.ts';
import { isCompatible, parseVersionedName } from './versions.ts';
import type { Work } from './work.ts';

export class HostLinker {
  /** What was given, by the name of the import. */
  readonly given = new Map<string, Item>();
  readonly #checked: ReadonlyMap<string, Item> | null;
  readonly #interfaces: ReadonlyMap<string, HostInterface>;
  readonly #work: Work;
  readonly #resources = new Map<string, ResourceType>();
  readonly #missing: MissingImport[] = [];
  #mayBlock = false;

  /**
   * @param checked what was given when the component was checked: it has the types of all imports, which
   * are the same for each run
   */
  constructor(
    interfaces: readonly HostInterface[],
    work: Work,
    checked: ReadonlyMap<string, Item> | null = null,
  ) {
    this.#checked = checked;
    this.#interfaces = new Map(interfaces.map((offered) => [offered.name, offered]));
    this.#work = work;
  }

  /** Something that was given may wait. */
  get mayBlock(): boolean {
    return this.#mayBlock;
  }

  /** @throws {MissingImports} where the host lacks something that was asked for */
  reportMissing(): void {
    if (this.#missing.length > 0) throw new MissingImports(this.#missing, adviceFor(this.#missing));
  }

  /** Gives an import of the component. */
  readonly supply = (name: string, type: ExternType, scope: Scope, offset: number): Item => {
    if (type.sort === 'core module' || type.sort === 'component') {
      throw new UnsupportedModule(
        `The component imports the ${type.sort} "${name}"; a host gives functions only: link it first.`,
      );
    }
    const { name: interfaceName, version } = parseVersionedName(name);
    const offered = this.#interfaces.get(interfaceName);
    const isServed = offered !== undefined && isCompatible(offered.version, version);
    const place = { within: isServed ? offered : null, interfaceName: name, path: name };
    const checked = this.#checked?.get(name);
    const item = checked ? this.#again(place, checked) : this.#give(place, type, scope, offset);
    this.given.set(name, item);
    return item;
  };

  /** The same with the functions of this run. */
  #again(place: Place, item: Item): Item {
    if (item.sort === 'func') return { sort: 'func', func: this.#function(place, item.func.type) };
    if (item.sort !== 'instance') return item;
    const exports = new Map<string, Item>();
    for (const [name, inner] of item.exports) {
      exports.set(name, this.#again({ ...place, path: name }, inner));
    }
    return { sort: 'instance', exports };
  }

  #give(place: Place, type: ExternType, scope: Scope, offset: number): Item {
    switch (type.sort) {
      case 'type':
        if (type.bound !== 'resource') return renamed(scope.get('type', type.bound.equals, offset));
        return { sort: 'type', type: { kind: 'resource', type: this.#resource(place) } };
      case 'func': {
        const { type: wanted } = scope.type('func', type.type, offset);
        return { sort: 'func', func: this.#function(place, wanted) };
      }
      case 'instance': {
        const { declarations, scope: outer } = scope.type('instance', type.type, offset);
        const exports = evaluateDeclarations(
          declarations,
          outer,
          this.#work,
          (name, inner, within, at) => this.#give({ ...place, path: name }, inner, within, at),
        );
        return { sort: 'instance', exports };
      }
      default:
        throw new UnsupportedModule(
          `The component imports the ${type.sort} "${place.path}", which a host does not give.`,
        );
    }
  }

  #resource({ within, interfaceName, path }: Place): ResourceType {
    const host = within?.resources?.includes(path) ? `${within.name}/${path}` : null;
    if (host === null) this.#lacks(interfaceName, path, 'resource', within);
    const key = host ?? `${interfaceName} ${path}`;
    const known = this.#resources.get(key) ?? { name: path, host: key, owner: null, destroy: null };
    this.#resources.set(key, known);
    return known;
  }

  #function({ within, interfaceName, path }: Place, type: FunctionType): ComponentFunction {
    const found =
      within && Object.hasOwn(within.functions, path) ? within.functions[path] : undefined;
    if (!found) {
      this.#lacks(interfaceName, path, functionText(type), within);
      return { type, mayBlock: false, invoke: () => trap(`the host lacks ${path}`) };
    }
    if (found.blocks) this.#mayBlock = true;
    return hostFunction(type, found);
  }

  #lacks(module: string, path: string, wanted: string, within: HostInterface | null): void {
    const isRoot = module === path;
    const reason = isRoot
      ? 'a host gives functions of interfaces only'
      : within
        ? `the host's ${within.name}@${within.version} has no such ${wanted === 'resource' ? wanted : 'function'}`
        : 'there is no such interface';
    this.#missing.push({ module: isRoot ? '' : module, name: path, wanted, reason });
  }
}

interface Place {
  readonly within: HostInterface | null;
  /** As it is imported, with its version. */
  readonly interfaceName: string;
  readonly path: string;
}

/** @returns advice for who built the component */
function adviceFor(missing: readonly MissingImport[]): string | null {
  const modules = missing.map(({ module }) => module);
  if (modules.some((module) => /^wasi:[^@]*@0\.3\./.test(module))) {
    return 'It was built for WASI 0.3, which this engine does not run yet: build it for WASI 0.2 (wasm32-wasip2).';
  }
  if (modules.some((module) => module.startsWith('wasi:'))) {
    return 'This engine offers WASI 0.2 to components, as far as its documentation lists it.';
  }
  return null;
}

function hostFunction(type: FunctionType, { call, blocks }: HostFunction): ComponentFunction {
  const isResult = type.result?.kind === 'result';
  const answer = (caller: CallSide, value: HostValue): void => {
    caller.resolve(isResult ? { tag: 'ok', value } : value, 'host');
  };
  const fail = (caller: CallSide, error: unknown): void => {
    if (!isResult || !(error instanceof ResultError)) rethrowAsTrap(error);
    caller.resolve({ tag: 'error', value: error.value }, 'host');
  };
  return {
    type,
    mayBlock: blocks === true,
    invoke(caller) {
      const params = caller.params();
      let returned: HostValue | Promise<HostValue>;
      try {
        returned = call(...params);
      } catch (error) {
        return fail(caller, error);
      }
      if (!(returned instanceof Promise)) return answer(caller, returned);
      return returned.then(
        (value) => answer(caller, value),
        (error: unknown) => fail(caller, error),
      );
    },
  };
}
