/** Mends of what scripts call and of what their operators do. */

import { leb } from '../../../wasm-binary/writer.ts';
import type { FunctionMend } from '../function-bodies.ts';
import {
  block,
  br,
  brIf,
  call,
  end,
  exception,
  globalSet,
  i32Add,
  i32And,
  i32Const,
  i32Eqz,
  i32Load,
  i32Load8,
  i32Lts,
  i32Ltu,
  i32Or,
  i32Result,
  i32Shl,
  i32Sub,
  i32WrapI64,
  i32Xor,
  i64Const,
  i64Eq,
  i64Load,
  i64ShrU,
  ifThen,
  JS_FreeValue,
  localGet,
  localSet,
  localTee,
  noResult,
  otherwise,
  returns,
  undefinedValue,
} from './instructions.ts';

const JS_ToObject = [call, 38];
const JS_ToString = [call, 40];
const JS_ToStringCheckObject = [call, ...leb(85n)];
const JS_DefineProperty = [call, 120];
const JS_CopyDataProperties = 739;
const js_proxy_define_own_property = 900;
const JS_SetPropertyInternal = 161;
const js_regexp_exec = 619;
const js_regexp_replace = 877;
const js_iterator_helper_next = 1247;
const [js_array_buffer_constructor, js_array_buffer_resize] = [641, 925];
const JS_ToInt64Free = [call, ...leb(480n)];
const JS_ToInt64SatFree = [call, ...leb(676n)];
const js_bigint_float64_cmp = 707;
const js_object_groupBy = 920;
const js_string_CreateHTML = 1271;
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

export const builtInMends: readonly FunctionMend[] = [
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
