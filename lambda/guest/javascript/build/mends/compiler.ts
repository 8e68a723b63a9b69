/** Mends of the parser, and of the places that it gives to instructions. */

import { leb } from '../../../wasm-binary/writer.ts';
import type { FunctionMend } from '../function-bodies.ts';
import {
  block,
  brIf,
  brTable,
  call,
  drop,
  end,
  i32Add,
  i32Const,
  i32Eq,
  i32Load,
  i32Lts,
  i32Sub,
  ifThen,
  localGet,
  localSet,
  localTee,
  noResult,
} from './instructions.ts';

const emit_op = [call, 20];
const code_match = [call, 41];
/** `emit_source_pos` of the token that is read next. */
const emitPlace = [localGet, 0, localGet, 0, i32Load, 2, 12, call, ...leb(98n)];
const js_parse_skip_parens_token = 167;
/** What ends the text of a token, and the number of a string's. */
const [backquote, stringToken] = [
  [i32Const, 0xe0, 0],
  [i32Const, 0x81, 0x7f],
];
const js_parse_destructuring_element = 209;
const js_parse_function_decl2 = 266;
const js_parse_property_name = 452;
const resolve_labels = 652;
/** `OP_to_object` and `OP_for_of_start`, whose numbers have two bytes. */
const [toObject, forOfStart] = [
  [i32Const, 0xef, 0],
  [i32Const, 0xfb, 0],
];

export const compilerMends: readonly FunctionMend[] = [
  // Where the parser looks ahead, a slash behind the end of a template divides, as behind a string.
  {
    index: js_parse_skip_parens_token,
    was: [localGet, 0, i32Load, 2, 24, ...backquote, i32Eq, brIf, 6],
    becomes: [...stringToken, localGet, 0, i32Load, 2, 24, ...backquote, i32Eq, brIf, 8, drop],
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
];
