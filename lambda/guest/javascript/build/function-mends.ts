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
import { stackMends, widenFrame } from './stack-frames.ts';

/** The binary that the numbers below are of. */
const mendedBinary = '105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232';

/** Of a string that is the bytecode of a regular expression; `joint-bytecode.ts` has the last. */
const [captureCount, registerCount, jointCaptureCount] = [16 + 2, 16 + 3, 16 + 8];
/** Pointers that the captures of one window and its registers may be: `executeJoint` uses them. */
const WINDOW_POINTERS = 255 * 2 + 255;

/**
 * An expression that has no captures by its own count is a joint one, and has them elsewhere.
 * @param bytecode the local that is the string, and those that become the captures and the pointers
 */
function jointCaptures(
  index: number,
  [bytecode, captures, pointers]: readonly [number, number, number],
): FunctionMend[] {
  const double = [i32Const, 1, i32Shl];
  return [
    {
      index,
      was: [
        ...[localGet, bytecode, i32Load8, 0, registerCount],
        ...[localGet, bytecode, i32Load8, 0, captureCount, localTee, captures],
        ...[...double, i32Add, localTee, pointers],
      ],
      becomes: [
        ...[localGet, bytecode, i32Load8, 0, captureCount, localTee, captures, i32Eqz],
        ...[ifThen, i32Result],
        ...[localGet, bytecode, i32Load, 0, jointCaptureCount, localTee, captures, ...double],
        ...[i32Const, ...leb(BigInt(WINDOW_POINTERS)), i32Add],
        otherwise,
        ...[localGet, bytecode, i32Load8, 0, registerCount, localGet, captures, ...double, i32Add],
        ...[end, localTee, pointers],
      ],
    },
    {
      index,
      was: [localGet, bytecode, i32Load8, 0, captureCount, localSet, captures],
      becomes: [],
    },
  ];
}

const [block, ifThen, end, br, brIf, brTable, call, returns] = [
  0x02, 0x04, 0x0b, 0x0c, 0x0d, 0x0e, 0x10, 0x0f,
];
const [localGet, localTee, globalSet, i32Load, i64Load] = [0x20, 0x22, 0x24, 0x28, 0x29];
const [i32Const, i64Const, i32Eqz, i32Lts, i32Ltu, i32Add, i32Sub, i32WrapI64, i64ShrU] = [
  0x41, 0x42, 0x45, 0x48, 0x49, 0x6a, 0x6b, 0xa7, 0x88,
];
const [i32And, i32Or, i32Xor, i32Eq, i32Ne, i64Eq] = [0x71, 0x72, 0x73, 0x46, 0x47, 0x51];
const [i32Load8, localSet, i32Shl, otherwise] = [0x2d, 0x21, 0x74, 0x05];
const [noResult, i32Result] = [0x40, 0x7f];
/** `JS_UNDEFINED`, 3 << 32. */
const undefinedValue = [i64Const, 0x80, 0x80, 0x80, 0x80, 0x30];
/** `JS_EXCEPTION`, 6 << 32. */
const exception = [i64Const, 0x80, 0x80, 0x80, 0x80, 0xe0, 0x00];

const JS_ToObject = [call, 38];
const JS_ToString = [call, 40];
const JS_ToStringCheckObject = [call, ...leb(85n)];
const JS_FreeValue = [call, 19];
const JS_DefineProperty = [call, 120];
const emit_op = [call, 20];
const code_match = [call, 41];
/** `emit_source_pos` of the token that is read next. */
const emitPlace = [localGet, 0, localGet, 0, i32Load, 2, 12, call, ...leb(98n)];
const JS_CopyDataProperties = 739;
const js_parse_destructuring_element = 209;
const js_parse_function_decl2 = 266;
const js_parse_property_name = 452;
const js_proxy_define_own_property = 900;
const JS_SetPropertyInternal = 161;
const resolve_labels = 652;
const js_regexp_exec = 619;
const js_regexp_replace = 877;
const build_backtrace = 348;
const js_iterator_helper_next = 1247;
const [js_array_buffer_constructor, js_array_buffer_resize] = [641, 925];
const JS_ToInt64Free = [call, ...leb(480n)];
const JS_ToInt64SatFree = [call, ...leb(676n)];
const js_bigint_float64_cmp = 707;
const js_object_groupBy = 920;
const js_string_CreateHTML = 1271;
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
const js_async_generator_resolve = [call, ...leb(383n)];
const js_async_generator_reject = [call, ...leb(487n)];
const js_async_generator_resume_next = 647;
const js_async_generator_resolve_function = 998;
const callResumeNext = [call, ...leb(BigInt(js_async_generator_resume_next))];

/** `OP_to_object` and `OP_for_of_start`, whose numbers have two bytes. */
const [toObject, forOfStart] = [
  [i32Const, 0xef, 0],
  [i32Const, 0xfb, 0],
];
/** `JS_PROP_THROW`, and `JS_PROP_THROW_STRICT`, which holds where the code is strict. */
const [propThrow, propThrowStrict] = [
  [i32Const, 0x80, 0x80, 1, i32And],
  [i32Const, 0x80, 0x80, 2, i32And],
];
/** Both of them, and `JS_PROP_HAS_VALUE`. */
const [propThrows, hasValue] = [
  [i32Const, 0x80, 0x80, 3, i32And],
  [i32Const, 0x80, 0xc0, 0],
];

const mends: readonly FunctionMend[] = [
  ...stackMends,
  // A generator that has come to its end goes on with the next request: after a `next` …
  {
    index: js_async_generator_resume_next,
    was: [block, noResult, block, noResult, localGet, 2, i32Load, 2, 8, brTable, 2, 8, 0, 1],
    becomes: [
      ...[localGet, 2, i32Load, 2, 8, i32Eqz, ifThen, noResult],
      ...[localGet, 0, localGet, 1, ...undefinedValue, i32Const, 1, ...js_async_generator_resolve],
      ...[br, 5, end],
      ...[block, noResult, block, noResult, localGet, 2, i32Load, 2, 8, brTable, 2, 8, 0, 1],
    ],
  },
  // … and after a `throw` …
  {
    index: js_async_generator_resume_next,
    was: [localGet, 2, localGet, 2, i64Load, 3, 16, ...js_async_generator_reject, br, 7],
    becomes: [localGet, 2, localGet, 2, i64Load, 3, 16, ...js_async_generator_reject, br, 4],
  },
  // … and once it has awaited what it was to return, be that fulfilled or rejected.
  {
    index: js_async_generator_resolve_function,
    was: [...js_async_generator_reject, br, 2],
    becomes: [...js_async_generator_reject, localGet, 0, localGet, 2, ...callResumeNext, br, 2],
  },
  {
    index: js_async_generator_resolve_function,
    was: [...js_async_generator_resolve, br, 1],
    becomes: [...js_async_generator_resolve, localGet, 0, localGet, 2, ...callResumeNext, br, 1],
  },
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
  ...jointCaptures(js_regexp_exec, [3, 17, 2]),
  ...jointCaptures(js_regexp_replace, [6, 11, 5]),
  // An iterator of `map` and its kin has ended once it has thrown, as once it was closed.
  {
    index: js_iterator_helper_next,
    was: [localGet, 5, ifThen, i32Result, i32Const, 1, otherwise, localGet, 4, i32Load],
    becomes: [
      ...[localGet, 5, localGet, 6, ...exception, i64Eq, i32Or, ifThen, i32Result],
      ...[i32Const, 1, otherwise, localGet, 4, i32Load],
    ],
  },
  // Of two negative numbers that with the larger exponent is the smaller one.
  {
    index: js_bigint_float64_cmp,
    was: [i32Const, 0x7f, i32Const, 1, localGet, 0, localGet, 2, i32Lts],
    becomes: [i32Const, 0x7f, i32Const, 1, localGet, 0, localGet, 2, i32Lts, localGet, 3, i32Xor],
  },
  // Lengths of buffers that 64 bits do not hold are too long, and not what is left of them.
  ...[js_array_buffer_constructor, js_array_buffer_resize].map((index) => ({
    index,
    was: JS_ToInt64Free,
    becomes: JS_ToInt64SatFree,
  })),
  // What groups is called without a `this`, and the attribute of an HTML element may be any value.
  {
    index: js_object_groupBy,
    was: [localGet, 0, i64Load, 3, 0xd0, 1, i32Const, 2],
    becomes: [...undefinedValue, i32Const, 2],
  },
  {
    index: js_string_CreateHTML,
    was: [localGet, 0, localGet, 3, i64Load, 3, 0, ...JS_ToStringCheckObject],
    becomes: [localGet, 0, localGet, 3, i64Load, 3, 0, ...JS_ToString],
  },
  // What cannot be destructured has its place in the pattern, not in the statement before it …
  {
    index: js_parse_destructuring_element,
    was: [localGet, 0, i32Load, 2, 52, ...toObject, ...emit_op, localGet, 4, ifThen],
    becomes: [
      ...emitPlace,
      ...[localGet, 0, i32Load, 2, 52, ...toObject, ...emit_op, localGet, 4, ifThen],
    ],
  },
  // … also where the pattern is that of an array.
  {
    index: js_parse_destructuring_element,
    was: [localGet, 4, ...forOfStart, ...emit_op],
    becomes: [...emitPlace, localGet, 4, ...forOfStart, ...emit_op],
  },
  // A call that is returned has its own place, not that of `return`.
  {
    index: resolve_labels,
    was: [
      ...[i32Const, 0xd0, 0, i32Add, ...code_match, ifThen, noResult, block, noResult],
      ...[localGet, 3, i32Load, 2, 0xc0, 6, localTee, 6, i32Const, 0, i32Lts],
    ],
    becomes: [
      ...[i32Const, 0xd0, 0, i32Add, ...code_match, ifThen, noResult, block, noResult],
      ...[i32Const, 1],
    ],
  },
  // What a default assigns to a parameter holds in the body: all variables of the parameters are copied,
  // not those alone that the body has none for.
  {
    index: js_parse_function_decl2,
    was: [call, 83, i32Const, 0, i32Lts, brIf, 5, localGet, 6, i32Load, 2, 112, localSet, 7],
    becomes: [
      ...[call, 83, i32Const, 0, i32Lts, brIf, 5, end, block, noResult],
      ...[localGet, 6, i32Load, 2, 112, localSet, 7],
    ],
  },
  // `async` names a field where a semicolon follows.
  {
    index: js_parse_property_name,
    was: [
      ...[i32Const, 1, localSet, 8, block, noResult, block, noResult, localGet, 0, i32Load, 2, 8],
      ...[localTee, 7, i32Const, 40, i32Sub, brTable, 5, 3, 1, 1, 1, 3, 0],
    ],
    becomes: [
      ...[i32Const, 1, localSet, 8, localGet, 0, i32Load, 2, 8, i32Const, 59, i32Eq, brIf, 1],
      ...[block, noResult, block, noResult, localGet, 0, i32Load, 2, 8],
      ...[localTee, 7, i32Const, 40, i32Sub, brTable, 5, 3, 1, 1, 1, 3, 0],
    ],
  },
  // A trap `defineProperty` that answers false makes an assignment of strict code fail.
  {
    index: js_proxy_define_own_property,
    was: [localGet, 6, ...propThrow, i32Eqz, ifThen, noResult, i32Const, 0, localSet, 9, br, 4],
    becomes: [
      ...[localGet, 6, ...propThrow, i32Eqz, ifThen, noResult],
      ...[block, noResult, localGet, 6, ...propThrowStrict, i32Eqz, brIf, 0],
      // The frame that runs, and whether its code is strict.
      ...[localGet, 0, i32Load, 2, 16, i32Load, 2, 0x94, 1, localTee, 12, i32Eqz, brIf, 0],
      ...[localGet, 12, i32Load8, 0, 36, i32Const, 1, i32And, brIf, 1, end],
      ...[i32Const, 0, localSet, 9, br, 4],
    ],
  },
  // … also of a property that is there.
  {
    index: JS_SetPropertyInternal,
    was: [...hasValue, ...JS_DefineProperty, localSet, 6, br, 1, end, localGet, 0, localGet, 8],
    becomes: [
      ...[localGet, 5, ...propThrows, ...hasValue, i32Or, ...JS_DefineProperty],
      ...[localSet, 6, br, 1, end, localGet, 0, localGet, 8],
    ],
  },
  // A spread of a text (tags -7, and -6 where it is one of several parts) is that of its object.
  {
    index: JS_CopyDataProperties,
    was: [block, noResult, localGet, 2, i64Const, 0x80, 0x80, 0x80, 0x80, 0x70],
    becomes: [
      ...[localGet, 2, i64Const, 32, i64ShrU, i32WrapI64, i32Const, 0x79, i32Sub],
      ...[i32Const, 2, i32Ltu, ifThen, noResult],
      ...[localGet, 7, i32Const, 48, i32Add, globalSet, 0],
      ...[localGet, 0, localGet, 1, localGet, 0, localGet, 2, ...JS_ToObject, localTee, 2],
      ...[localGet, 3, localGet, 4, call, ...leb(BigInt(JS_CopyDataProperties))],
      ...[localGet, 0, localGet, 2, ...JS_FreeValue, returns, end],
      ...[block, noResult, localGet, 2, i64Const, 0x80, 0x80, 0x80, 0x80, 0x70],
    ],
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
