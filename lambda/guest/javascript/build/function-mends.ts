/**
 * Functions of QuickJS that are wrong in the binary as it is shipped, mended in its code. Each is a
 * change of a few instructions to what the C source has since, or ought to have.
 */

import { createHash } from 'node:crypto';
import { inspect } from '../../wasm-binary/inspect.ts';
import { Reader } from '../../wasm-binary/reader.ts';
import { type Change, rewrite } from '../../wasm-binary/rewrite.ts';
import { sectionId } from '../../wasm-binary/sections.ts';
import { concatenate, leb, vector } from '../../wasm-binary/writer.ts';
import {
  compileName,
  evaluateName,
  executeName,
  formatName,
  type HelpedName,
  hypotName,
  nextFrameName,
  parseName,
} from '../machine/imports/native-names.ts';
import { type FunctionMend, sized } from './function-bodies.ts';
import { asynchronousMends } from './mends/asynchronous.ts';
import { builtInMends } from './mends/built-ins.ts';
import { compilerMends } from './mends/compiler.ts';
import {
  call,
  i32And,
  i32Const,
  i32Eqz,
  i32Load,
  i32Ne,
  localGet,
  localTee,
} from './mends/instructions.ts';
import { stackMends, widenFrame } from './mends/stack-frames.ts';

/** The binary that the numbers below are of. */
const mendedBinary = '105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232';

const build_backtrace = 348;
const nextFrame = 1116;
/** Functions that ask the host where they are not as V8 is, by name of what they import. */
export const helpedFunctions: Readonly<Record<HelpedName, number>> = {
  [compileName]: 475,
  [executeName]: 618,
  [formatName]: 282,
  [parseName]: 513,
  [hypotName]: 1298,
  [evaluateName]: 729,
  // Nothing else calls `QTS_RuntimeDumpMemoryUsage`: its place is free.
  [nextFrameName]: nextFrame,
};
const QTS_Eval = 1152;
/** `JS_EVAL_TYPE_MODULE`, and the same with `JS_EVAL_FLAG_COMPILE_ONLY`. */
const [asModule, asCompiledModule] = [1, 33];

const mends: readonly FunctionMend[] = [
  ...stackMends,
  ...compilerMends,
  ...builtInMends,
  ...asynchronousMends,
  // A module that is only compiled has no namespace yet. QuickJS-emscripten asks for it all the same, and
  // takes the source text for the module: what then happens depends on the text and on the heap behind it.
  {
    index: QTS_Eval,
    was: [localGet, 5, i32Const, asModule, i32And, i32Eqz],
    becomes: [localGet, 5, i32Const, asCompiledModule, i32And, i32Const, asModule, i32Ne],
  },
  // Below a function that is being resumed is the one that awaits it.
  {
    index: build_backtrace,
    was: [localGet, 2, i32Load, 2, 0, localTee, 2, i32Eqz],
    becomes: [localGet, 2, call, ...leb(BigInt(nextFrame)), localTee, 2, i32Eqz],
  },
];

/**
 * @param shipped the module as quickjs-emscripten ships it
 * @throws {Error} where it is another one: then see which of the mends are still needed
 */
export function mendFunctions(shipped: Uint8Array): Uint8Array<ArrayBuffer> {
  if (createHash('sha256').update(shipped).digest('hex') !== mendedBinary) {
    throw new Error('The QuickJS binary is not the one whose functions are known.');
  }
  const shape = inspect(shipped);
  const section = shape.sections.find(({ id }) => id === sectionId.code);
  if (!section) throw new Error('The QuickJS binary has no code.');
  const reader = new Reader(shipped, section.content.start, section.content.end);
  const first = shape.imports.filter(({ kind }) => kind === 'function').length;
  const bodies: Uint8Array[][] = [];
  for (let left = reader.count(); left > 0; left -= 1) {
    const size = reader.u32();
    const start = reader.skip(size);
    const index = first + bodies.length;
    const body = mends
      .filter((mend) => mend.index === index)
      .reduce(mendBody, Buffer.from(shipped.subarray(start, start + size)));
    bodies.push([sized(widenFrame(index, body))]);
  }
  const changes = new Map<number, Change>([[sectionId.code, { content: vector(bodies) }]]);
  return rewrite(shipped, shape.sections, changes).bytes;
}

function mendBody(body: Buffer, { index, was, becomes }: FunctionMend): Buffer {
  const pattern = Buffer.from(was);
  const at = body.indexOf(pattern);
  if (at === -1 || body.indexOf(pattern, at + 1) !== -1) {
    throw new Error(`Function ${index} of the QuickJS binary is not as expected.`);
  }
  return Buffer.from(
    concatenate([body.subarray(0, at), Uint8Array.from(becomes), body.subarray(at + was.length)]),
  );
}
