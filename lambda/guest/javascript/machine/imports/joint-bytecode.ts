/**
 * The bytecode of a regular expression that is compiled in windows. It begins as QuickJS's own does, and
 * has no captures by what QuickJS's says: that is how it is recognised. Offsets are in bytes:
 *
 * | offset | |
 * | --- | --- |
 * | 0 | flags |
 * | 2 | captures and registers of an ordinary expression: 0 |
 * | 4 | the number of bytes from 8 on to the names of groups |
 * | 8 | how many captures there are, the match included |
 * | 12 | how many windows there are |
 * | 16 | the windows: bytes of bytecode, how many groups it has, their numbers, the bytecode |
 *
 * @see https://github.com/bellard/quickjs/blob/master/libregexp.c
 */

import type { CaptureWindow } from './capture-windows.ts';
import type { Execute } from './regexp-exports.ts';

const header = { flags: 0, captures: 2, length: 4, bytes: 8 };
const joint = { captures: 8, windows: 12, bytes: 16 };
const NAMED_GROUPS = 0x80;
const noName = Uint8Array.of(0, 0);
/** Of a capture: pointers to its start and its end. */
const CAPTURE_BYTES = 8;

export interface CompiledWindow extends CaptureWindow {
  readonly bytecode: Buffer;
}

export function joinBytecode(windows: readonly CompiledWindow[]): Buffer {
  const captures = 1 + Math.max(...windows.map(({ groups }) => groups.at(-1) ?? 0));
  const names: Uint8Array[] = Array.from({ length: captures - 1 }, () => noName);
  let flags = 0;
  const parts = windows.flatMap(({ bytecode, groups }) => {
    flags |= bytecode.readUInt16LE(header.flags);
    for (const [index, name] of namesOf(bytecode).entries()) {
      const group = groups[index];
      if (group !== undefined) names[group - 1] = name;
    }
    const numbers = Buffer.alloc(6 + groups.length * 2);
    numbers.writeUInt32LE(bytecode.length, 0);
    numbers.writeUInt16LE(groups.length, 4);
    for (const [index, group] of groups.entries()) numbers.writeUInt16LE(group, 6 + index * 2);
    return [numbers, bytecode];
  });
  const start = Buffer.alloc(joint.bytes);
  const length = parts.reduce((sum, part) => sum + part.length, joint.bytes - header.bytes);
  start.writeUInt16LE(flags, header.flags);
  start.writeUInt32LE(length, header.length);
  start.writeUInt32LE(captures, joint.captures);
  start.writeUInt32LE(windows.length, joint.windows);
  return Buffer.concat([start, ...parts, ...((flags & NAMED_GROUPS) === 0 ? [] : names)]);
}

/** The name of each group with the NUL behind it, and a byte that is used while compiling. */
function namesOf(bytecode: Buffer): Uint8Array[] {
  if ((bytecode.readUInt16LE(header.flags) & NAMED_GROUPS) === 0) return [];
  const names: Uint8Array[] = [];
  let at = header.bytes + bytecode.readUInt32LE(header.length);
  for (let left = (bytecode[header.captures] ?? 1) - 1; left > 0; left -= 1) {
    const end = bytecode.indexOf(0, at) + 2;
    names.push(bytecode.subarray(at, end));
    at = end;
  }
  return names;
}

const MATCHED = 1;

/** What the captures of a joint expression take up. */
export function captureBytes(memory: WebAssembly.Memory, bytecode: number): number {
  return new DataView(memory.buffer).getUint32(bytecode + joint.captures, true) * CAPTURE_BYTES;
}

/**
 * Executes a joint expression: each window matches the same, and has captures of its own.
 * @param execute for one window
 * @returns what `lre_exec` returns, with the captures of all windows behind `captures`
 */
export function executeJoint(
  memory: WebAssembly.Memory,
  execute: Execute,
  ...[captures, bytecode, text, index, length, shift, context]: Parameters<Execute>
): number {
  let view = new DataView(memory.buffer);
  const count = view.getUint32(bytecode + joint.captures, true);
  // QuickJS has made room behind the captures for those of one window, and its registers.
  const scratch = captures + count * CAPTURE_BYTES;
  let from = index;
  let at = bytecode + joint.bytes;
  for (let left = view.getUint32(bytecode + joint.windows, true); left > 0; left -= 1) {
    const size = view.getUint32(at, true);
    const groups = view.getUint16(at + 4, true);
    const numbers = at + 6;
    const compiled = numbers + groups * 2;
    const outcome = execute(scratch, compiled, text, from, length, shift, context);
    if (outcome !== MATCHED) return outcome;
    // The stack of a match may have made the memory grow.
    view = new DataView(memory.buffer);
    copyCapture(0, 0);
    for (let group = 1; group <= groups; group++) {
      copyCapture(group, view.getUint16(numbers + (group - 1) * 2, true));
    }
    from = (view.getUint32(captures, true) - text) >> shift;
    at = compiled + size;
  }
  return MATCHED;

  function copyCapture(source: number, target: number): void {
    const value = view.getBigUint64(scratch + source * CAPTURE_BYTES, true);
    view.setBigUint64(captures + target * CAPTURE_BYTES, value, true);
  }
}
