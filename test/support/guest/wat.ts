/** Tests write small modules in WebAssembly's text format, with all features that V8 has. */

import createWabt from 'wabt';

const features = {
  bulk_memory: true,
  exceptions: true,
  function_references: true,
  memory64: true,
  multi_memory: true,
  multi_value: true,
  reference_types: true,
  simd: true,
  tail_call: true,
  threads: true,
};

const wabt = await createWabt();

/** Assembles a module from the text format, function names included. */
export function wat(text: string): Uint8Array {
  const module = wabt.parseWat('test.wat', text, features);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}
