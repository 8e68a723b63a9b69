/** Where the machine has no memory for what the host puts there, nothing is written anywhere else. */

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import type { QuickJSSyncVariant } from 'quickjs-emscripten-core';
import type { ProgramRun, WatchedMachines } from '../../../support/guest/machine-memory.ts';

type ModuleLoader = Extract<
  Awaited<ReturnType<QuickJSSyncVariant['importModuleLoader']>>,
  (...args: never[]) => unknown
>;
type NativeFunction = (...args: number[]) => number;

/** Answers 0 at one call out of those that are counted. */
class Stub {
  #failing = 0;
  #calls = 0;

  /** @param call the number of the call that fails, from 1 */
  arm(call: number): void {
    this.#failing = call;
    this.#calls = 0;
  }

  /** @returns whether the call was reached */
  disarm(): boolean {
    const reached = this.#calls >= this.#failing;
    this.#failing = 0;
    return reached;
  }

  wrap(original: NativeFunction): NativeFunction {
    return (...args) => {
      const answer = original(...args);
      // 0 may be a right answer, too.
      if (this.#failing === 0 || answer === 0) return answer;
      this.#calls += 1;
      return this.#calls === this.#failing ? 0 : answer;
    };
  }
}

const mallocs = new Stub();
const pointers = new Stub();

/** Functions of the library whose answer is the address of something new. */
const answersAddress =
  /^_QTS_(Throw|New|Dup|GetString|GetArrayBuffer$|Typeof|PromiseResult|Call|Eval|ExecutePendingJob|ResolveException|GetProp|Dump)/;

function stubbed(original: QuickJSSyncVariant): QuickJSSyncVariant {
  return {
    ...original,
    async importModuleLoader() {
      // The package's own gives the loader itself.
      const load = (await original.importModuleLoader()) as ModuleLoader;
      return async (options: Parameters<ModuleLoader>[0]) => {
        const module = await load(options);
        const functions = module as unknown as Record<string, NativeFunction>;
        for (const [name, value] of Object.entries(functions)) {
          if (name === '_malloc') functions[name] = mallocs.wrap(value);
          else if (answersAddress.test(name)) functions[name] = pointers.wrap(value);
        }
        return module;
      };
    },
  } as QuickJSSyncVariant;
}

const { Memory } = WebAssembly;
let machines: WatchedMachines;
beforeAll(async () => {
  jest.unstable_mockModule('@jitl/quickjs-wasmfile-release-sync', () => ({
    default: stubbed(variant as unknown as QuickJSSyncVariant),
  }));
  const { watchMachines } = await import('../../../support/guest/machine-memory.ts');
  machines = await watchMachines();
});
afterAll(() => {
  WebAssembly.Memory = Memory;
});

/** Each step is true where its value is right; where memory runs out it throws. */
const steps = [
  `new TextEncoder().encode('\u00e4bc').length === 4`,
  `new TextDecoder().decode(new Uint8Array([97, 98])) === 'ab'`,
  `fails(() => new TextDecoder('no-such-label'), 'RangeError')`,
  `new URL('http://host/path').pathname === '/path'`,
  `fails(() => new URL('nothing'), 'TypeError')`,
  `crypto.randomUUID().length === 36`,
  `URL.canParse('http://a') === true`,
  `new Intl.NumberFormat('de').format(1234.5) === '1.234,5'`,
  `console.log(Promise.resolve(1), Promise.reject(2).catch(() => {}), 'text') === undefined`,
  `(await crypto.subtle.digest('SHA-256', new Uint8Array(3))).byteLength === 32`,
  `(await import('./module.js')).default === 'https://code.example/module.js'`,
  `(await import('./data.json', { with: { type: 'json' } })).default.a === 1`,
  `(await import('./none.js').then(() => '', ({ name }) => name)) === 'TypeError'`,
  `(await new Promise((resolve) => setTimeout(resolve, 1))) === undefined`,
];
const modules = {
  'https://code.example/module.js': 'import "./other.js"; export default import.meta.url',
  'https://code.example/other.js': 'export {}',
  'https://code.example/data.json': '{"a":1}',
};
const prologue = `
  function fails(action, name) {
    try { action() } catch (error) {
      if (error.message === 'out of memory') throw error;
      return error.name === name;
    }
  }`;

const programs = [
  { name: 'a script', source: `${prologue}; [${steps.join(',\n')}].every(Boolean)`, modules },
  {
    name: 'a module',
    source: `import './module.js'; import data from './data.json' with { type: 'json' };
      export default data.a === 1`,
    modules,
  },
  {
    name: 'a script that catches what it can',
    source: `${prologue}; const rights = []; ${steps
      .map((step) => `try { rights.push(${step}) } catch {}`)
      .join('\n')}; rights.every(Boolean)`,
    modules,
  },
  { name: 'a script that throws', source: 'throw new TypeError("x", { cause: new Error("y") })' },
  { name: 'a rejection that nobody handles', source: 'Promise.reject(new Error("x")); 1' },
];

function endOf({ outcome }: ProgramRun): string {
  return outcome.status === 'success' ? `success ${outcome.resultJson}` : outcome.error.code;
}

describe.each([
  { what: 'allocation', stub: mallocs },
  { what: 'new value', stub: pointers },
])('Each $what of the bridge fails once', ({ stub }) => {
  test.each(programs)(
    'in $name',
    async ({ name, ...program }) => {
      const right = endOf(await machines.run(program));
      let kept = 0;
      let call = 1;
      for (; ; call++) {
        stub.arm(call);
        const run = await machines.run(program);
        const reached = stub.disarm();
        const end = endOf(run);
        if (run.kept) kept += 1;
        // Where an error could not be described, it is told without a description.
        expect({ call, end }).toEqual({
          call,
          end: end === right ? right : 'MEMORY_LIMIT',
        });
        expect({ call, differences: machines.differences() }).toEqual({ call, differences: [] });
        if (!reached) break;
      }
      expect(call).toBeGreaterThan(name === 'a script' ? 40 : 3);
      expect(kept).toBeGreaterThan(0);
    },
    120_000,
  );
});
