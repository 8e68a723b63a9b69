/**
 * QuickJS bounds its stack in linear memory, and V8 that of the process, which holds what a function has
 * no address of: most of it. Functions that call themselves with little in linear memory would come to
 * the end of V8's stack first, below QuickJS's functions, where nothing can be caught and the machine is
 * lost. Their frames in linear memory are made as large as those of V8 ask for.
 */

import { constant, type FunctionMend } from '../function-bodies.ts';
import {
  call,
  end,
  exception,
  globalGet,
  globalSet,
  i32Add,
  i32And,
  i32Const,
  i32Load,
  i32Ltu,
  i32Store,
  i32Sub,
  ifThen,
  localGet,
  localTee,
  noResult,
  returns,
  STACK_POINTER,
} from './instructions.ts';

/**
 * Bytes of the frames, by index of the function, of the binary that `function-mends.ts` knows. V8 has
 * 120 to 700 bytes of its own stack for a round of most of them, 2.2 KiB for one of the parser; it is
 * given 3.9 times as much stack as QuickJS, and must not need 3.7 times as much.
 */
const frames: ReadonlyMap<number, { readonly was: number; readonly becomes: number }> = new Map([
  // JSON: `json_parse_value`, `js_json_to_str`.
  [472, { was: 16, becomes: 64 }],
  [473, { was: 16, becomes: 80 }],
  // The parser: `js_parse_assign_expr2`, `js_parse_unary`, by which a round goes that has thirteen to
  // sixteen functions, `js_parse_postfix_expr`, and `js_parse_function_decl2`.
  [186, { was: 32, becomes: 96 }],
  [261, { was: 16, becomes: 480 }],
  [593, { was: 16, becomes: 96 }],
  [266, { was: 16, becomes: 96 }],
  // Regular expressions: `re_parse_alternative`.
  [812, { was: 80, becomes: 112 }],
  // `js_iterator_concat_next`, `js_iterator_helper_next`.
  [1246, { was: 16, becomes: 96 }],
  [1247, { was: 16, becomes: 128 }],
  // Built-in functions, through which many others go: `js_call_c_function`.
  [1036, { was: 64, becomes: 112 }],
  // `js_async_function_resume`, `js_async_generator_next`.
  [679, { was: 64, becomes: 96 }],
  [999, { was: 32, becomes: 96 }],
  // What a Proxy does, from `js_proxy_prevent_extensions` to `js_proxy_get_own_property`, and as function.
  [893, { was: 16, becomes: 80 }],
  [894, { was: 16, becomes: 80 }],
  [895, { was: 32, becomes: 112 }],
  [896, { was: 16, becomes: 96 }],
  [897, { was: 80, becomes: 112 }],
  [898, { was: 64, becomes: 112 }],
  [899, { was: 64, becomes: 96 }],
  [900, { was: 64, becomes: 192 }],
  [901, { was: 64, becomes: 128 }],
  [902, { was: 64, becomes: 112 }],
  [903, { was: 96, becomes: 144 }],
  [1015, { was: 32, becomes: 128 }],
  // `JS_FlattenIntoArray`, `js_promise_constructor`.
  [663, { was: 48, becomes: 96 }],
  [687, { was: 32, becomes: 96 }],
]);

const JS_ThrowStackOverflow = [call, 116];
const js_parse_error = [call, 27];
const [next_token, json_next_token] = [23, 170];
const [js_iterator_concat_next, js_iterator_helper_next] = [1246, 1247];
/** The text `stack overflow`, and no arguments of it. */
const overflowText = [i32Const, 0xfa, 0x22, i32Const, 0];
const enterIterator = [globalGet, STACK_POINTER, i32Const, 16, i32Sub, localTee, 3, globalSet, 0];
const js_call_bound = 1024;

export const stackMends: readonly FunctionMend[] = [
  // A bound function has room for its arguments alone in linear memory, rounded up to 16 bytes.
  {
    index: js_call_bound,
    was: [localGet, 9, i32Const, 15, i32Add, i32Const, 0x70, i32And, i32Sub],
    becomes: [localGet, 9, i32Const, 15 + 48, i32Add, i32Const, 0x70, i32And, i32Sub],
  },
  // Where the stack is at its end while something is parsed, that is no error of syntax.
  ...[next_token, json_next_token].map((index) => ({
    index,
    was: [localGet, 0, ...overflowText, ...js_parse_error],
    becomes: [localGet, 0, i32Load, 2, 0, ...JS_ThrowStackOverflow],
  })),
  // One iterator of many may be behind another, and nothing else looks at the stack between them.
  ...[js_iterator_concat_next, js_iterator_helper_next].map((index) => ({
    index,
    was: enterIterator,
    becomes: [
      ...[globalGet, STACK_POINTER, localGet, 0, i32Load, 2, 16, i32Load, 2, 0x80, 1, i32Ltu],
      ...[ifThen, noResult, localGet, 4, i32Const, 0, i32Store, 2, 0],
      ...[localGet, 0, ...JS_ThrowStackOverflow, ...exception, returns, end],
      ...enterIterator,
    ],
  })),
];

/**
 * @param index of the function
 * @param body as the code section has it, without its size
 * @returns the body with the frame that it is to have
 * @throws {Error} where the function is not as expected
 */
export function widenFrame(index: number, body: Buffer): Buffer {
  const frame = frames.get(index);
  if (frame === undefined) return body;
  const enter = [globalGet, STACK_POINTER, ...moved(frame.was, i32Sub), localTee];
  const entered = body.indexOf(Buffer.from(enter));
  const pointer = body[entered + enter.length] ?? 0;
  const leave = (bytes: number): number[] => [
    ...[localGet, pointer, ...moved(bytes, i32Add), globalSet, STACK_POINTER],
  ];
  const left = body.indexOf(Buffer.from(leave(frame.was)), entered);
  if (entered === -1 || left === -1) {
    throw new Error(
      `The stack frame of function ${index} of the QuickJS binary is not as expected.`,
    );
  }
  return Buffer.concat([
    body.subarray(0, entered),
    Buffer.from([globalGet, STACK_POINTER, ...moved(frame.becomes, i32Sub)]),
    body.subarray(entered + enter.length - 1, left),
    Buffer.from(leave(frame.becomes)),
    body.subarray(left + leave(frame.was).length),
  ]);
}

/** As LLVM writes it: what is shorter of a number and its negative. */
function moved(bytes: number, operation: number): number[] {
  if (bytes !== 64) return [...constant(i32Const, bytes), operation];
  return [i32Const, 0x40, operation === i32Add ? i32Sub : i32Add];
}
