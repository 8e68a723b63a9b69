/** Mends of asynchronous generators and modules. */

import { leb } from '../../../wasm-binary/writer.ts';
import type { FunctionMend } from '../function-bodies.ts';
import {
  block,
  br,
  brTable,
  call,
  callIndirect,
  end,
  i32Const,
  i32Eq,
  i32Eqz,
  i32Load,
  i32Load8,
  i64Load,
  i64Store,
  ifThen,
  JS_FreeValue,
  localGet,
  localTee,
  noResult,
  undefinedValue,
} from './instructions.ts';

const js_async_generator_resolve = [call, ...leb(383n)];
const js_async_generator_reject = [call, ...leb(487n)];
const js_async_generator_resume_next = 647;
const js_async_generator_resolve_function = 998;
const callResumeNext = [call, ...leb(BigInt(js_async_generator_resume_next))];
const emit_return = 268;
/** `JS_FUNC_ASYNC_GENERATOR`, and a kind that no function is of. */
const [asyncGenerator, noFunction] = [3, 4];
const js_execute_sync_module = 680;
/** Of the runtime, which the context has at 16: the tracker of rejections, and what it is given. */
const tracker = [localGet, 0, i32Load, 2, 16, i32Load, 2, 0xa0, 1];
const trackerArgument = [localGet, 0, i32Load, 2, 16, i32Load, 2, 0xa4, 1];
/** The type of a tracker, among those of the module. */
const trackerType = 65;

export const asynchronousMends: readonly FunctionMend[] = [
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
  // What a generator's `return` leaves is closed without waiting: `for await` is spelled out in the source.
  {
    index: emit_return,
    was: [localTee, 1, i32Load8, 0, 104, i32Const, asyncGenerator, i32Eq, ifThen, noResult],
    becomes: [localTee, 1, i32Load8, 0, 104, i32Const, noFunction, i32Eq, ifThen, noResult],
  },
  // A module that is no asynchronous one has a promise all the same. Where it fails its error is taken
  // from there, which handles the rejection.
  {
    index: js_execute_sync_module,
    was: [i64Store, 3, 0, localGet, 0, localGet, 3, ...JS_FreeValue],
    becomes: [
      ...[i64Store, 3, 0, ...tracker, ifThen, noResult],
      ...[localGet, 0, localGet, 3, localGet, 2, i64Load, 3, 0, i32Const, 1],
      ...[...trackerArgument, ...tracker, callIndirect, trackerType, 0, end],
      ...[localGet, 0, localGet, 3, ...JS_FreeValue],
    ],
  },
];
