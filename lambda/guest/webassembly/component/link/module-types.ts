/** Whether a core module has the type that a component wants: at most its imports, at least its exports. */

import type { ModuleShape } from '../../../wasm-binary/inspect.ts';
import { MalformedModule } from '../../../wasm-binary/reader.ts';
import type { Signature } from '../../../wasm-binary/types.ts';
import type { CompiledModule } from '../../module/compiled.ts';
import type { CoreExtern } from '../binary/definitions.ts';
import type { CoreType } from './scope.ts';

type ModuleType = Extract<CoreType, { readonly kind: 'module' }>;

/** @throws {MalformedModule} */
export function matchModule(
  { shape }: CompiledModule,
  type: ModuleType,
  offset: number,
  what: string,
): void {
  const { imports, exports } = declared(type, offset);
  for (const { module, name, ...given } of shape.imports) {
    const allowed = imports.get(`${module}\0${name}`);
    const isFit =
      allowed?.kind === given.kind &&
      (given.kind !== 'function' || textOf(allowed.signature) === textOf(given.signature));
    if (!isFit) {
      throw new MalformedModule(
        `${what} imports "${module}" "${name}", which its type has not`,
        offset,
      );
    }
  }
  for (const [name, wanted] of exports) {
    const found = shape.exports.find((entry) => entry.name === name);
    const signature = shape.functions[found?.index ?? -1];
    const isFit =
      found?.kind === wanted.kind &&
      (wanted.kind !== 'function' || textOf(signature) === textOf(wanted.signature));
    if (!isFit) {
      throw new MalformedModule(
        `${what} has no export "${name}" of the type that is wanted`,
        offset,
      );
    }
  }
}

/** @throws {MalformedModule} where something in the type is wrong */
export function checkModuleType(type: CoreType, offset: number): void {
  if (type.kind === 'module') declared(type, offset);
}

/** What a module of the type exports at least. */
export function declaredShape(
  type: ModuleType,
  offset: number,
): Pick<ModuleShape, 'exports' | 'functions'> {
  const exports = [...declared(type, offset).exports];
  return {
    exports: exports.map(([name, { kind }], index) => ({ name, kind, index })),
    functions: exports.map(([, { signature }]) => signature ?? { params: [], results: [] }),
  };
}

interface Wanted {
  readonly kind: CoreExtern['kind'];
  readonly signature: Signature | undefined;
}

function declared({ declarations, scope }: ModuleType, offset: number) {
  const types: CoreType[] = [];
  const imports = new Map<string, Wanted>();
  const exports = new Map<string, Wanted>();
  const resolve = (extern: CoreExtern): Wanted => {
    if (extern.kind !== 'function') return { kind: extern.kind, signature: undefined };
    const type = types[extern.type];
    if (type?.kind !== 'func')
      throw new MalformedModule(`unknown core type ${extern.type}`, offset);
    return { kind: 'function', signature: type.signature };
  };
  for (const declaration of declarations) {
    switch (declaration.op) {
      case 'type': {
        const { type } = declaration;
        if (type.kind === 'module') {
          throw new MalformedModule('the type of a module is within that of a module', offset);
        }
        types.push(type.kind === 'func' ? { kind: 'func', signature: type } : type);
        break;
      }
      case 'alias': {
        if (declaration.depth === 0) {
          types.push(types[declaration.index] ?? fail(`unknown type ${declaration.index}`, offset));
          break;
        }
        const outer = scope.outer(declaration.depth - 1, offset);
        types.push(outer.get('core type', declaration.index, offset).type);
        break;
      }
      case 'import': {
        const key = `${declaration.module}\0${declaration.name}`;
        if (imports.has(key)) fail(`duplicate import name "${declaration.name}"`, offset);
        imports.set(key, resolve(declaration.type));
        break;
      }
      case 'export':
        if (exports.has(declaration.name)) fail(`"${declaration.name}" is there twice`, offset);
        exports.set(declaration.name, resolve(declaration.type));
        break;
    }
  }
  return { imports, exports };
}

function fail(message: string, offset: number): never {
  throw new MalformedModule(message, offset);
}

function textOf(signature: Signature | undefined): string | undefined {
  return signature && `${signature.params.join()}>${signature.results.join()}`;
}
