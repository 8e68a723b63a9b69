/**
 * Prepares quickjs-emscripten's WebAssembly binary at build time: exports its function table, lets
 * it grow, and has the code tell what it writes to. QuickJS tells of unhandled promise rejections
 * by a C function pointer that quickjs-emscripten has no setter for; with the table at hand, the
 * realm can install one.
 */

import { inspect, sectionId } from '../webassembly/inspect.ts';
import { type Change, rewrite } from '../webassembly/rewrite.ts';
import { concatenate, leb, text } from '../webassembly/writer.ts';
import { trackWrites } from './write-tracking.ts';

/** Name of the added export. The binary's own exports have one or two letters. */
export const tableExport = 'functionTable';

const FUNCREF = 0x70;

/**
 * @param shipped the module as quickjs-emscripten ships it
 * @returns the same module with its table exported and without a maximum, and writes tracked
 * @throws {Error} where the binary is not as expected
 */
export function prepareQuickJs(shipped: Uint8Array): Uint8Array<ArrayBuffer> {
  const shape = inspect(shipped);
  const [table, other] = shape.definedTables;
  if (!table || other || table.element !== 'funcref') {
    throw new Error('The QuickJS binary has other tables than expected.');
  }
  const changes = new Map<number, Change>([
    ...trackWrites(shipped, shape),
    [sectionId.table, { content: [Uint8Array.of(1, FUNCREF, 0), leb(table.limits.min)] }],
    [sectionId.export, { append: [concatenate([text(tableExport), Uint8Array.of(1, 0)])] }],
  ]);
  return rewrite(shipped, shape.sections, changes).bytes;
}
