/**
 * Prepares quickjs-emscripten's WebAssembly binary at build time:
 *
 * - exports its function table and lets it grow: QuickJS reports unhandled promise rejections through a
 *   C function pointer that quickjs-emscripten has no setter for
 * - exports `JS_EvalFunction`, which evaluates what was only compiled
 * - renames the property for the frames of errors, and has the texts of built-in functions be V8's
 * - has the limits of calls be V8's
 * - takes `Math` from the host, and has it help with numbers and many captures
 * - optimises it for speed
 * - adds write tracking, behind the inlining, so that the marks of what was inlined are shared
 */

import { inspect, type ModuleShape } from '../../wasm-binary/inspect.ts';
import { type Change, rewrite } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, text } from '../../wasm-binary/writer.ts';
import { framesProperty } from '../bridge/frames-property.ts';
import type { MathName } from '../machine/host-math.ts';
import { evalFunctionExport, tableExport } from '../machine/native-function.ts';
import { bulkExports, trackBulkMemory } from './bulk-memory.ts';
import { changeCallLimits, placeOverflowMessage } from './call-limits.ts';
import { functionExport } from './function-bodies.ts';
import { helpedFunctions, mendFunctions } from './function-mends.ts';
import { findEvalFunction } from './inner-functions.ts';
import { findMathFunctions } from './math-functions.ts';
import { optimise as optimiseBinary } from './optimise.ts';
import { trackWrites } from './write-tracking.ts';

const FUNCREF = 0x70;

/** Names that QuickJS has for properties, in the table that it makes its atoms of. */
const atoms = { before: '\0errors\0', stack: 'stack', after: '\0name\0' };

/** The end of the text of a built-in function. */
const nativeText = { shipped: '() {\n    [native code]\n}\0', becomes: '() { [native code] }\0' };

/** {@link optimiseBinary}, or what has its results at hand. */
type Optimise = typeof optimiseBinary;

/**
 * @param shipped the module as quickjs-emscripten ships it
 * @returns the module as {@link instantiate} takes it
 * @throws {Error} where the binary is not as expected
 */
export function prepareQuickJs(
  shipped: Uint8Array,
  optimise: Optimise = optimiseBinary,
): Uint8Array<ArrayBuffer> {
  const renamed = Buffer.from(mendFunctions(shipped));
  renameStack(renamed);
  replaceNativeText(renamed);
  placeOverflowMessage(renamed);
  const math = new Map<string, MathName>();
  const open = changed(changed(renamed, changeCallLimits), (binary, shape) => {
    const [table, other] = shape.definedTables;
    if (!table || other || table.element !== 'funcref') {
      throw new Error('The QuickJS binary has other tables than expected.');
    }
    const exports = [
      concatenate([text(tableExport), Uint8Array.of(1, 0)]),
      functionExport(evalFunctionExport, findEvalFunction(binary, shape)),
      ...Object.entries(helpedFunctions).map(([name, index]) => functionExport(name, index)),
    ];
    for (const [index, name] of findMathFunctions(binary, shape)) {
      const exported = `Math.${name} ${index}`;
      math.set(exported, name);
      exports.push(functionExport(exported, index));
    }
    return new Map<number, Change>([
      [sectionId.table, { content: [Uint8Array.of(1, FUNCREF, 0), leb(table.limits.min)] }],
      [sectionId.export, { append: exports }],
    ]);
  });
  const tracking = changed(open, trackBulkMemory);
  const fast = optimise(tracking, { math, helped: true, kept: [...bulkExports.values()] });
  return changed(fast, trackWrites);
}

function changed(
  binary: Uint8Array,
  change: (binary: Uint8Array, shape: ModuleShape) => ReadonlyMap<number, Change>,
): Uint8Array<ArrayBuffer> {
  const shape = inspect(binary);
  return rewrite(binary, shape.sections, change(binary, shape)).bytes;
}

function renameStack(binary: Buffer): void {
  const { before, stack, after } = atoms;
  const found = binary.indexOf(before + stack + after);
  if (found === -1) throw new Error('The QuickJS binary has no name for the stack of errors.');
  binary.write(framesProperty, found + before.length);
}

function replaceNativeText(binary: Buffer): void {
  const found = binary.indexOf(nativeText.shipped);
  if (found === -1) throw new Error('The QuickJS binary has no text of built-in functions.');
  binary.write(nativeText.becomes, found);
}
