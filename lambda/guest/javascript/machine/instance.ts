/**
 * One QuickJS virtual machine: the WebAssembly instance, its capped linear memory, a runtime and a
 * context. Built by the very same steps every time, so that every build has the same pointers and
 * a memory image of one can be laid over another.
 */

import type { QuickJSContext, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { BridgeValue } from '../bridge/bridge.ts';
import { type Rejections, setInterruptHandler, trackRejections } from './callbacks.ts';
import { Fault } from './fault.ts';
import { installHostFunctions } from './host-functions.ts';
import { asyncFrames } from './imports/async-frames.ts';
import { evaluatedSources } from './imports/evaluated-sources.ts';
import { manyCaptures } from './imports/many-captures.ts';
import { numberModule, regExpModule, sourceModule, stackModule } from './imports/native-names.ts';
import { numberTexts } from './imports/number-texts.ts';
import { instantiate } from './instantiate.ts';
import { OutOfMemory, type Surroundings } from './library.ts';
import { WrittenMap } from './memory/written-map.ts';
import { openRawMachine, type RawMachine } from './raw-machine.ts';

const PAGE_BYTES = 65536;
/** What the binary asks for: its data, a C stack of 5 MiB, and the first heap pages. */
const INITIAL_PAGES = 256;
/** The most that the binary declares: 2 GiB. */
const MAX_PAGES = 32_768;
export const INITIAL_MEMORY_BYTES: number = INITIAL_PAGES * PAGE_BYTES;
/**
 * QuickJS's own bound on its C stack. V8 needs about three times as much of the process's stack
 * for the same depth: the sandbox is started with a `--stack-size` to match.
 */
const MAX_STACK_BYTES = 1024 * 1024;

/** What the machine asks of its surroundings. */
interface InstanceHost {
  /** Serves a bridge call of the guest. */
  call(operation: string, args: BridgeValue[]): BridgeValue;
  /** Whether to stop the guest now; asked every few thousand operations. */
  interrupt(): boolean;
  /** The guest reads the clock. */
  onClock(): void;
}

export interface Instance {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly memory: WebAssembly.Memory;
  readonly written: WrittenMap;
  /** What is below quickjs-emscripten, for what it has no function for. */
  readonly raw: RawMachine;
  readonly fault: Fault;
  /** Address of the pointer to the rejection tracker. */
  readonly trackerAddress: number;
  readonly rejections: Rejections;
  /** Most bytes that the memory may grow to; growth beyond fails inside the guest. */
  memoryLimitBytes: number;
  /** The guest was denied memory since this was last set to `false`. */
  memoryDenied: boolean;
}

/**
 * @param wasm quickjs-emscripten's binary as the build prepares it
 * @param maxMemoryBytes the most that the memory can ever grow to
 */
export async function createInstance(
  wasm: WebAssembly.Module,
  maxMemoryBytes: number,
  host: InstanceHost,
): Promise<Instance> {
  const memory = new WebAssembly.Memory({
    initial: INITIAL_PAGES,
    maximum: Math.min(Math.max(INITIAL_PAGES, Math.floor(maxMemoryBytes / PAGE_BYTES)), MAX_PAGES),
  });
  const written = new WrittenMap(memory);
  const fault = new Fault();
  const surroundings: Surroundings = {
    memory,
    written,
    fault,
    onClock: () => host.onClock(),
    outOfMemory() {
      instance.memoryDenied = true;
      return new OutOfMemory();
    },
  };
  const captures = manyCaptures(surroundings);
  const numbers = numberTexts(surroundings);
  const stacks = asyncFrames(surroundings);
  const sources = evaluatedSources(surroundings);
  const { quickjs, native } = await instantiate(wasm, surroundings, {
    [regExpModule]: captures.imports,
    [numberModule]: numbers.imports,
    [stackModule]: stacks.imports,
    [sourceModule]: sources.imports,
  });
  const runtime = quickjs.newRuntime();
  const context = runtime.newContext();
  const raw = openRawMachine(context, native, surroundings);
  captures.open({ context, raw, own: native.regExp });
  numbers.open({ context, raw });
  stacks.open({ context, raw });
  sources.open({ raw, own: native.evaluate });
  runtime.setMaxStackSize(MAX_STACK_BYTES);
  const trackerAddress = setInterruptHandler(runtime, raw, memory, fault, () => host.interrupt());
  const instance: Instance = {
    runtime,
    context,
    memory,
    written,
    raw,
    fault,
    trackerAddress,
    rejections: trackRejections(raw, memory, fault, trackerAddress),
    memoryLimitBytes: maxMemoryBytes,
    memoryDenied: false,
  };
  capGrowth(instance);
  installHostFunctions(context, raw, fault, (operation, args) => host.call(operation, args));
  return instance;
}

/** Emscripten grows the heap by calling `grow` of the memory it was given. */
function capGrowth(instance: Instance): void {
  const { memory } = instance;
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > instance.memoryLimitBytes) {
      instance.memoryDenied = true;
      throw new RangeError('The guest is out of memory.');
    }
    // Emscripten asks for more than it needs first, and for less when that is denied.
    instance.memoryDenied = false;
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
  };
}
