/**
 * Optimises QuickJS's binary for speed: it is shipped small, as every caller of quickjs-emscripten
 * downloads it. Most of the gain is inlining, of what takes and gives back references above all.
 */

import binaryen from 'binaryen';
import { type MathName, mathModule, mathNames } from '../machine/host-math.ts';
import { importHelp } from './host-help.ts';

/** Sizes of functions, in nodes of their syntax trees: larger ones gave no more speed. */
const MAX_ALWAYS_INLINED = 40;
const MAX_INLINED = 200;

interface Treatment {
  /** Exports of functions that `Math` of the host replaces. */
  readonly math: ReadonlyMap<string, MathName>;
  /** Whether the functions of {@link importHelp} are exported, and are to ask the host. */
  readonly helped: boolean;
  /** Exports of functions that must stay functions. */
  readonly kept: readonly string[];
}

/**
 * @param bytes a module with one memory, whose addresses below 1,024 are not used
 * @returns the same module without the exports of `math`
 */
export function optimise(
  bytes: Uint8Array,
  { math, helped, kept }: Treatment,
): Uint8Array<ArrayBuffer> {
  const module = binaryen.readBinary(bytes);
  const { BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals } =
    binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | SignExt | NontrappingFPToInt | MutableGlobals);
  importMath(module, math);
  if (helped) importHelp(module);
  for (const name of kept) {
    binaryen.setPassArgument('no-inline', functionOf(module, name));
    module.runPasses(['no-inline']);
  }
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(0);
  binaryen.setLowMemoryUnused(true);
  binaryen.setAlwaysInlineMaxSize(MAX_ALWAYS_INLINED);
  binaryen.setFlexibleInlineMaxSize(MAX_INLINED);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.optimize();
  const optimised = Uint8Array.from(module.emitBinary());
  module.dispose();
  return optimised;
}

function importMath(module: binaryen.Module, math: Treatment['math']): void {
  const { f64 } = binaryen;
  const importOf = (name: MathName): string => `${mathModule}.${name}`;
  for (const name of mathNames) {
    const params = binaryen.createType(parametersOf(name));
    module.addFunctionImport(importOf(name), mathModule, name, params, f64);
  }
  for (const [exported, name] of math) {
    const replaced = functionOf(module, exported);
    const params = parametersOf(name);
    const operands = params.map((type, index) => module.local.get(index, type));
    module.removeFunction(replaced);
    const body = module.call(importOf(name), operands, f64);
    module.addFunction(replaced, binaryen.createType(params), f64, [], body);
    module.removeExport(exported);
  }
}

function parametersOf(name: MathName): binaryen.Type[] {
  const { f64 } = binaryen;
  return Math[name].length === 2 ? [f64, f64] : [f64];
}

function functionOf(module: binaryen.Module, exported: string): string {
  return binaryen.getExportInfo(module.getExport(exported)).value;
}
