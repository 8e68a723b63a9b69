/** Exports QuickJS's interpreter, so that the sandbox can ask V8 how it has compiled it. */

import { inspect, type ModuleShape } from '../../wasm-binary/inspect.ts';
import { eachInstruction } from '../../wasm-binary/instructions.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import { type Change, rewrite } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { interpreterExport } from '../machine/native-function.ts';
import { functionExport, readBodies } from './function-bodies.ts';

const BR_TABLE = 0x0e;
/** QuickJS's bytecode has more. */
const MIN_OPERATIONS = 200;

/** @param binary QuickJS, prepared in whatever way */
export function exportInterpreter(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const shape = inspect(binary);
  const entry = functionExport(interpreterExport, findInterpreter(binary, shape));
  const changes = new Map<number, Change>([[sectionId.export, { append: [entry] }]]);
  return rewrite(binary, shape.sections, changes).bytes;
}

/**
 * `JS_CallInternal` has the largest jump table, which chooses among the operations of the bytecode.
 * @returns its index
 */
function findInterpreter(binary: Uint8Array, shape: ModuleShape): number {
  let largest = { index: -1, targets: 0 };
  for (const { index, reader } of readBodies(binary, shape)) {
    eachInstruction(reader, (opcode, at) => {
      const targets = opcode === BR_TABLE ? new Reader(binary, at + 1).u32() : 0;
      if (targets > largest.targets) largest = { index, targets };
    });
  }
  if (largest.targets < MIN_OPERATIONS) throw new Error('The QuickJS binary has no interpreter.');
  return largest.index;
}
