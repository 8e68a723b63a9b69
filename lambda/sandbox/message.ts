/** Checks the messages of a sandbox: a guest that broke out of its language must not fool the host. */

import * as z from 'zod';
import { callNames, hostCalls } from '../contract/calls.ts';
import { isShallow } from '../contract/depth.ts';
import { guestErrorCodes, type Json } from '../contract/errors.ts';
import { codeTypes } from '../contract/languages.ts';
import { logLevels, type SandboxMessage } from '../contract/protocol.ts';

const runId = z.int();
const callId = z.int();
const text = z.string();
/** A path of 4096 bytes, and the slash before it. */
const MAX_PATH_LENGTH = 4097;
/** Of a hexadecimal SHA-256. */
const MAX_HASH_LENGTH = 64;
const MAX_KEPT = 1000;
const amount = z.number().nonnegative();
// A value parsed from JSON is JSON; zod's own check would recurse as deep as the value is nested.
const json = z.custom<Json>(isShallow);

const outcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), exitCode: z.int().nullable() }),
  z.object({
    status: z.literal('error'),
    exitCode: z.int().nullable(),
    error: z.object({
      code: z.enum([...guestErrorCodes, 'INVALID_REQUEST', 'UNSUPPORTED_CODE']),
      name: text,
      message: text,
      stack: text.nullable(),
      details: json,
      truncated: z.boolean().optional(),
    }),
  }),
]);

const sandboxMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('recalled'), lastRunId: runId }),
  z.object({ type: z.literal('started'), runId, codeType: z.enum(codeTypes) }),
  z.object({
    type: z.literal('output'),
    runId,
    stream: z.enum(['stdout', 'stderr']),
    truncated: z.boolean(),
  }),
  z.object({
    type: z.literal('log'),
    runId,
    level: z.enum(logLevels),
    message: text,
    fields: json,
    timestamp: z.iso.datetime(),
  }),
  z.object({ type: z.literal('logs-dropped'), runId }),
  z.object({
    type: z.literal('call'),
    runId,
    callId,
    name: z.enum(callNames),
    request: z.unknown(),
  }),
  z.object({ type: z.literal('call-abort'), runId, callId }),
  z.object({
    type: z.literal('file'),
    runId,
    path: text.max(MAX_PATH_LENGTH),
    size: z.int().nonnegative(),
    hasContent: z.boolean(),
  }),
  z.object({ type: z.literal('files-dropped'), runId }),
  z.object({
    type: z.literal('done'),
    runId,
    codeType: z.enum(codeTypes),
    outcome,
    executionTimeMs: amount,
    cpuTimeMs: amount,
    memoryPeakBytes: amount.nullable(),
    kept: z.array(text.max(MAX_HASH_LENGTH)).max(MAX_KEPT),
    keptBytes: amount.optional(),
    retire: z.boolean(),
  }),
]);

/** zod compiles code for the checks of an object, which takes milliseconds: not in a first request. */
const INTERPRETED_MESSAGES = 10;
let messages = 0;

/** @returns the message; `null` where the value is not a message */
export function parseSandboxMessage(value: unknown): SandboxMessage | null {
  const jitless = messages < INTERPRETED_MESSAGES;
  if (jitless) messages += 1;
  const { success, data } = sandboxMessage.safeParse(value, { jitless });
  if (!success) return null;
  if (data.type === 'call' && !hostCalls[data.name].isRequest(data.request)) return null;
  // Every field has been checked; zod spells optional fields differently.
  return data as SandboxMessage;
}
