/** Runs JavaScript in this process, with all of the machine's memory in view. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ImportedModule } from '../../../lambda/contract/calls.ts';
import type { RunLimits, RunOutcome } from '../../../lambda/contract/protocol.ts';
import type { RunInputs } from '../../../lambda/contract/run-inputs.ts';
import type { CodeImage } from '../../../lambda/guest/javascript/machine/memory/code-image.ts';
import type { MemoryImage } from '../../../lambda/guest/javascript/machine/memory/image.ts';
import { decodeMachine } from '../../../lambda/guest/javascript/machine/memory/image-file.ts';
import { STRETCH_BYTES } from '../../../lambda/guest/javascript/machine/memory/written-map.ts';
import type { RunHost } from '../../../lambda/guest/runtime/runtime.ts';
import { runMessage } from '../run-message.ts';
import { answeredBy } from './host-calls.ts';
import { importedModule } from './imported-module.ts';

const MIB = 1024 * 1024;
const MAX_DIFFERENCES = 10;

export interface Program {
  readonly source: string;
  readonly url?: string;
  /** Modules by URL. A name that ends in `.json` is JSON. */
  readonly modules?: { readonly [url: string]: string };
  readonly limits?: Partial<RunLimits>;
  readonly inputs?: Partial<RunInputs>;
  /** What every fetch is answered with. */
  readonly response?: string;
}

export interface ProgramRun {
  readonly outcome: RunOutcome;
  readonly output: string;
  /** Whether the machine is used again. */
  readonly kept: boolean;
}

export interface WatchedMachines {
  /** Runs a program, and makes the machine ready for the next. */
  run(program: Program): Promise<ProgramRun>;
  /** Memory of the machine in use. */
  memory(): WebAssembly.Memory;
  /** Every image of compiled code that has been taken. */
  readonly codeImages: readonly CodeImage[];
  /**
   * The first addresses at which that memory is not the one of a machine that has run nothing, or of one
   * that has but compiled what the laid image has, or was not it when the image was taken. The state of
   * `Math.random` is left out: it is anew in each run.
   */
  differences(): number[];
}

/** Uses the machine that the build has made. Call it once in a process. */
export async function watchMachines(): Promise<WatchedMachines> {
  // A machine keeps its memory to itself: the newest is the one in use.
  const memories: WebAssembly.Memory[] = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: ConstructorParameters<typeof Memory>[0]) {
      super(descriptor);
      memories.splice(0, memories.length, this);
    }
  };
  // Imported here, so that a test can put something else in the place of a module first.
  const { PristineMemory } = await import(
    '../../../lambda/guest/javascript/machine/memory/pristine-memory.ts'
  );
  const { createJavaScriptRuntime } = await import('../../../lambda/guest/javascript/runtime.ts');
  const file = new URL('../../../dist/guest/quickjs.image', import.meta.url);
  const { binary, image } = decodeMachine(await readFile(file));
  const runtime = createJavaScriptRuntime({
    wasm: new WebAssembly.Module(binary),
    image,
    maxMemoryBytes: 512 * MIB,
    codeCacheBytes: 64 * MIB,
    loadTransformer: () => Promise.reject(new Error('no TypeScript here')),
  });
  const codeImages: CodeImage[] = [];
  let laid: CodeImage | null = null;
  const found: number[] = [];
  const { prototype } = PristineMemory;
  const { restore, capture } = prototype;
  prototype.restore = function (target) {
    const isDone = restore.call(this, target);
    laid = this.laid;
    return isDone;
  };
  prototype.capture = function () {
    const image = capture.call(this);
    if (image !== null) {
      codeImages.push(image);
      laid = image;
      found.push(...compare());
    }
    return image;
  };
  await runtime.prepare();
  const memory = (): WebAssembly.Memory => {
    const [newest] = memories;
    if (newest === undefined) throw new Error('There is no machine.');
    return newest;
  };
  const pristine = pristineMemories(image);

  return {
    memory,
    codeImages,
    async run({ source, modules = {}, inputs = {}, response, ...options }) {
      const used = memory();
      const code = Buffer.from(source);
      const sha256 = createHash('sha256').update(code).digest('hex');
      const url = 'https://code.example/main.js';
      const message = runMessage('javascript', { url, sha256, ...inputs, ...options });
      let output = '';
      const host = hostFor(message.limits, modules, response, (text) => {
        output += text;
      });
      const { outcome } = await runtime.execute(message, code, host);
      await runtime.prepare();
      return { outcome, output, kept: memory() === used };
    },
    differences: () => [...found.splice(0), ...compare()].slice(0, MAX_DIFFERENCES),
  };

  function compare(): number[] {
    const bytes = Buffer.from(memory().buffer);
    const wanted = withCode(pristine(bytes.length), laid);
    const { randomAddress } = image.layout;
    wanted.set(bytes.subarray(randomAddress, randomAddress + 8), randomAddress);
    if (bytes.equals(wanted)) return [];
    const addresses: number[] = [];
    for (let at = 0; at < bytes.length && addresses.length < MAX_DIFFERENCES; at++) {
      if (bytes[at] !== wanted[at]) addresses.push(at);
    }
    return addresses;
  }
}

function withCode(pristine: Buffer, code: CodeImage | null): Buffer {
  if (code === null) return pristine;
  const memory = Buffer.from(pristine);
  code.stretches.forEach((stretch, index) => {
    const from = index * STRETCH_BYTES;
    memory.set(code.content.subarray(from, from + STRETCH_BYTES), stretch * STRETCH_BYTES);
  });
  return memory;
}

/** The memory of a machine that has run nothing, of any size: an image, and nothing behind it. */
function pristineMemories({ layout, data, heap }: MemoryImage): (bytes: number) => Buffer {
  let largest = Buffer.alloc(0);
  return (bytes) => {
    if (bytes > largest.length) {
      largest = Buffer.alloc(bytes);
      largest.set(data);
      largest.set(heap, layout.heapStart);
    }
    return largest.subarray(0, bytes);
  };
}

function hostFor(
  limits: RunLimits,
  modules: { readonly [url: string]: string },
  response: string | undefined,
  print: (text: string) => void,
): RunHost {
  const end = performance.now() + limits.timeoutMs;
  const timeLeftMs = (): number => end - performance.now();
  return {
    started() {},
    write(_stream, chunk) {
      print(Buffer.from(chunk).toString());
      return true;
    },
    room: () => limits.maxOutputBytes,
    log() {},
    call: answeredBy({
      fetch: ({ url }) =>
        response === undefined
          ? new Promise(() => {})
          : Promise.resolve({
              ok: true,
              response: {
                status: 200,
                statusText: '',
                headers: [['x-from', response]],
                url,
                redirected: false,
              },
              body: Buffer.from(response),
              rest: null,
            }),
      async import({ url }): Promise<ImportedModule> {
        const source = modules[url];
        if (source === undefined)
          return { ok: false, code: 'NOT_FOUND', message: 'there is none', rule: null };
        const contentType = url.endsWith('.json') ? 'application/json' : 'text/javascript';
        return importedModule(url, contentType, source);
      },
    }),
    timeLeftMs,
    cpuLeftMs: timeLeftMs,
  };
}
