/**
 * Prepares quickjs-emscripten's WebAssembly binary at build time: exports its function table and lets
 * it grow, adds write tracking, and renames the property for the frames of errors. QuickJS reports
 * unhandled promise rejections through a C function pointer that quickjs-emscripten has no setter
 * for; with the table exported, the realm can install one. `JS_EvalFunction` is exported too, which
 * evaluates what was only compiled.
 */

import { inspect } from '../../wasm-binary/inspect.ts';
import { type Change, rewrite } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, text } from '../../wasm-binary/writer.ts';
import { framesProperty } from '../bridge/frames-property.ts';
import { evalFunctionExport, tableExport } from '../machine/native-function.ts';
import { mendFunctions } from './function-mends.ts';
import { findEvalFunction } from './inner-functions.ts';
import { trackWrites } from './write-tracking.ts';

const FUNCREF = 0x70;

/** Names that QuickJS has for properties, in the table that it makes its atoms of. */
const atoms = { before: '\0errors\0', stack: 'stack', after: '\0name\0' };

/**
 * @param shipped the module as quickjs-emscripten ships it
 * @returns the same module with its table exported and without a maximum, and writes tracked
 * @throws {Error} where the binary is not as expected
 */
export function prepareQuickJs(shipped: Uint8Array): Uint8Array<ArrayBuffer> {
  const binary = Buffer.from(mendFunctions(shipped));
  renameStack(binary);
  const shape = inspect(binary);
  const [table, other] = shape.definedTables;
  if (!table || other || table.element !== 'funcref') {
    throw new Error('The QuickJS binary has other tables than expected.');
  }
  const evalFunction = leb(BigInt(findEvalFunction(binary, shape)));
  const tableEntry = concatenate([text(tableExport), Uint8Array.of(1, 0)]);
  const functionEntry = concatenate([text(evalFunctionExport), Uint8Array.of(0), evalFunction]);
  const changes = new Map<number, Change>([
    ...trackWrites(binary, shape),
    [sectionId.table, { content: [Uint8Array.of(1, FUNCREF, 0), leb(table.limits.min)] }],
    [sectionId.export, { append: [tableEntry, functionEntry] }],
  ]);
  return rewrite(binary, shape.sections, changes).bytes;
}

function renameStack(binary: Buffer): void {
  const { before, stack, after } = atoms;
  const found = binary.indexOf(before + stack + after);
  if (found === -1) throw new Error('The QuickJS binary has no name for the stack of errors.');
  binary.write(framesProperty, found + before.length);
}
