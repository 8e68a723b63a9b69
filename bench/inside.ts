/** Inside the sandbox process: our runtimes against the plain use of what they are built on. */

import { getQuickJS } from 'quickjs-emscripten';
import type { CodeType } from '../lambda/contract/languages.ts';
import { loadRuntimes } from '../lambda/guest/registry.ts';
import { linkRun } from '../lambda/guest/run-host.ts';
import type { Runtime } from '../lambda/guest/runtime/runtime.ts';
import { runMessage } from '../test/support/run-message.ts';
import { type Program, plainSubject, programs } from './computing.ts';
import type { Subject } from './measure.ts';
import { helloModule, helloScript, sha256Of } from './programs.ts';

const MIB = 1024 * 1024;

export async function insideSubjects(dist: URL): Promise<Subject[]> {
  const runtimes = await readyRuntimes(dist);
  const quickjs = await getQuickJS();
  return [
    {
      name: 'plain quickjs-emscripten: new runtime and context, eval, dispose',
      run() {
        const runtime = quickjs.newRuntime();
        const context = runtime.newContext();
        const result = context.unwrapResult(context.evalCode(helloScript));
        const value: unknown = context.dump(result);
        result.dispose();
        context.dispose();
        runtime.dispose();
        if (value !== 'hello world') throw new Error('The script failed.');
      },
    },
    runtimeSubject(
      'engine: hello script, realm restored after it',
      'javascript',
      runtimes.javascript,
      helloScript,
    ),
    {
      name: 'plain WebAssembly.instantiate and call',
      async run() {
        const { instance } = await WebAssembly.instantiate(helloModule);
        const { run } = instance.exports;
        if (typeof run !== 'function' || run() !== 42) throw new Error('The module failed.');
      },
    },
    runtimeSubject('engine: hello module', 'wasm', runtimes.wasm, helloModule),
  ];
}

/** Each of the twelve programs in plain quickjs-emscripten, and in a run of the engine. */
export async function programSubjects(
  dist: URL,
): Promise<{ readonly program: Program; readonly subjects: readonly [Subject, Subject] }[]> {
  const { javascript } = await readyRuntimes(dist);
  const quickjs = await getQuickJS();
  return programs.map((program) => ({
    program,
    subjects: [
      plainSubject(quickjs, program),
      runtimeSubject('engine', 'javascript', javascript, program.code, program.expected),
    ],
  }));
}

async function readyRuntimes(dist: URL): ReturnType<typeof loadRuntimes> {
  const runtimes = await loadRuntimes({
    directory: new URL('guest/', dist),
    maxMemoryBytes: 512 * MIB,
    codeCacheBytes: 64 * MIB,
  });
  for (const runtime of Object.values(runtimes)) await runtime.prepare();
  return runtimes;
}

/** A run and all that follows it: the next one could start at once. */
function runtimeSubject(
  name: string,
  codeType: CodeType,
  runtime: Runtime,
  code: string | Uint8Array,
  expected?: string,
): Subject {
  const bytes = Buffer.from(code);
  const message = runMessage(codeType, { sha256: sha256Of(bytes) });
  return {
    name,
    async run() {
      const linked = linkRun(message, () => {});
      const { outcome } = await runtime.execute(message, bytes, linked.host);
      linked.close();
      await runtime.prepare();
      if (outcome.status !== 'success') throw new Error(outcome.error.message);
      if (expected === undefined) return;
      const value: unknown = JSON.parse(outcome.resultJson ?? 'null');
      if (String(value) !== expected) throw new Error(`The program gave ${String(value)}.`);
    },
  };
}
