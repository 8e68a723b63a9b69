/** QuickJS as quickjs-emscripten ships it: what the engine is measured by. */

import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import type { Ending, Program } from './program.ts';

const TIMEOUT_MS = 30_000;
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

/** A machine is left to the garbage collector: QuickJS stops where what a test leaves behind is freed. */
const RUNS_OF_A_MACHINE = 200;

let machine: QuickJSWASMModule | null = null;
let runs = 0;

export async function runInPlainQuickJs(program: Program): Promise<Ending> {
  if (runs++ % RUNS_OF_A_MACHINE === 0) machine = null;
  machine ??= await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
  let output = '';
  try {
    const runtime = machine.newRuntime();
    const deadline = Date.now() + TIMEOUT_MS;
    runtime.setInterruptHandler(() => Date.now() > deadline);
    runtime.setMemoryLimit(MAX_MEMORY_BYTES);
    runtime.setMaxStackSize(512 * 1024);
    runtime.setModuleLoader(
      (url) => program.fileAt(url) ?? { error: new Error(`no ${url}`) },
      (importer, specifier) => new URL(specifier, importer).href,
    );
    const context = runtime.newContext();
    const console = context.newObject();
    const log = context.newFunction('log', (text) => {
      output += `${context.getString(text)}\n`;
    });
    context.setProp(console, 'log', log);
    context.setProp(context.global, 'console', console);
    for (const handle of [log, console]) handle.dispose();
    const error = evaluate(context, program);
    return { output, error };
  } catch (error) {
    // The machine itself has failed: the next test gets a new one.
    machine = null;
    return { output, error: String(error) };
  }
}

function evaluate(context: QuickJSContext, { source, url, isModule }: Program): string | null {
  const result = context.evalCode(source, url, { type: isModule ? 'module' : 'global' });
  if (result.error) return takeError(context, result.error);
  const jobs = context.runtime.executePendingJobs();
  if (jobs.error) return takeError(context, jobs.error);
  const state = isModule ? context.getPromiseState(result.value) : null;
  result.value.dispose();
  return state?.type === 'rejected' ? takeError(context, state.error) : null;
}

function takeError(context: QuickJSContext, handle: QuickJSHandle): string {
  const error: unknown = context.dump(handle);
  handle.dispose();
  if (typeof error !== 'object' || error === null) return `Error: ${error}`;
  const { name, message } = error as { readonly [name: string]: unknown };
  return `${name ?? 'Error'}: ${message ?? ''}`;
}
