/** WebAssembly as the sandbox process loads it. */

import type { CreateRuntime } from '../runtime/runtime.ts';
import { createWasmRuntime } from './runtime.ts';

export const createRuntime: CreateRuntime = () => createWasmRuntime();
