/** What else runs such code in isolation: each run gets a new isolate, or a new runtime. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getQuickJS } from 'quickjs-emscripten';
import { packagesFolder } from './packages.ts';

/**
 * Runs a module that may import `./library.mjs`.
 * @returns JSON of its default export; `null` where the engine cannot run it
 */
export type RunModule = (program: string, library: string) => string | null;

/** The parts of `isolated-vm` that are used here. */
interface IsolatedVm {
  readonly Isolate: new (options: {
    memoryLimit: number;
  }) => {
    createContextSync(): object;
    compileModuleSync(code: string): IsolatedModule;
    dispose(): void;
  };
}

interface IsolatedModule {
  readonly namespace: { getSync(name: string, options: { copy: true }): unknown };
  instantiateSync(context: object, resolve: (specifier: string) => IsolatedModule): void;
  evaluateSync(): unknown;
}

export function isolatedVmRunner(): RunModule {
  const require = createRequire(join(packagesFolder, 'package.json'));
  const { Isolate } = require('isolated-vm') as IsolatedVm;
  return (program, library) => {
    const isolate = new Isolate({ memoryLimit: 512 });
    const context = isolate.createContextSync();
    const module = isolate.compileModuleSync(program);
    module.instantiateSync(context, () => isolate.compileModuleSync(library));
    module.evaluateSync();
    const result = JSON.stringify(module.namespace.getSync('default', { copy: true }));
    isolate.dispose();
    return result;
  };
}

export async function plainQuickJsRunner(): Promise<RunModule> {
  const quickjs = await getQuickJS();
  return (program, library) => {
    const runtime = quickjs.newRuntime();
    runtime.setModuleLoader(() => library);
    const context = runtime.newContext();
    const module = context.evalCode(program, 'program.mjs', { type: 'module' });
    if (module.error) {
      console.error('quickjs-emscripten:', context.dump(module.error));
      return null;
    }
    const value = context.getProp(module.value, 'default');
    const result = JSON.stringify(context.dump(value));
    value.dispose();
    module.dispose();
    context.dispose();
    runtime.dispose();
    return result;
  };
}
