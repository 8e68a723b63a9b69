/** What a hostile case is, and what must hold for the answer to any of them. */

import { expect } from '@jest/globals';
import { responseSchema } from '../../lambda/api/response.ts';
import type { ErrorCode, Json } from '../../lambda/contract/errors.ts';
import type { Answer } from '../support/engine-process.ts';
import type { ExecuteBody } from '../support/served-engine.ts';

export type Outcome = 'success' | ErrorCode;

export interface HostileCase {
  readonly name: string;
  /** JavaScript; `{origin}` stands for the fixture server's origin. */
  readonly js?: string;
  /** WebAssembly in the text format. */
  readonly wat?: string;
  /** WebAssembly that the text format has no words for. */
  readonly wasm?: Uint8Array;
  /** Fields of the request besides `url`. */
  readonly request?: { readonly [field: string]: Json };
  /** The outcome, or those of which any will do. */
  readonly expect: Outcome | readonly Outcome[];
  /** What the response must match besides. */
  readonly like?: object;
}

const schema = responseSchema();
const maxPayloadBytes = 6_291_556;
const defaultTimeoutMs = 5000;
/** A limit that no case reaches on a busy machine, unless it would never end. */
const patientTimeoutMs = 20_000;

/** Nothing of the host may show, whoever asks for it. */
const hostTraces = [
  process.cwd(),
  'guest.mjs',
  'handler.mjs',
  'node:internal',
  'engine:prelude',
  'node_modules',
];

/** Asserts what every answer of `/execute` keeps to. @returns the response */
export function checkedResponse(answer: Answer): ExecuteBody {
  const payload = { statusCode: answer.status, headers: {}, body: answer.text };
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(maxPayloadBytes);
  const { data: response, error } = schema.safeParse(JSON.parse(answer.text));
  expect(error?.issues ?? []).toEqual([]);
  if (response === undefined) throw error;
  for (const trace of hostTraces) {
    if (answer.text.includes(trace))
      throw new Error(`The response shows ${trace}: ${excerpt(answer.text, trace)}`);
  }
  expect(response.status).toBe(response.error === null ? 'success' : 'error');
  return response;
}

function wantedOf(entry: HostileCase): readonly Outcome[] {
  return typeof entry.expect === 'string' ? [entry.expect] : entry.expect;
}

/** @returns the fields of the request; only a case that may end in `TIMEOUT` has a short limit */
export function requestOf(entry: HostileCase): NonNullable<HostileCase['request']> {
  const { request = {} } = entry;
  if (wantedOf(entry).includes('TIMEOUT')) return request;
  return { ...request, limits: { ...(request.limits as object), timeoutMs: patientTimeoutMs } };
}

/** Asserts that a case ended as it must, and in time. */
export function checkOutcome(entry: HostileCase, answer: Answer): void {
  const response = checkedResponse(answer);
  const outcome: Outcome = response.error?.code ?? 'success';
  const wanted = wantedOf(entry);
  if (!wanted.includes(outcome)) {
    throw new Error(`Expected ${wanted.join(' or ')}, got ${answer.text.slice(0, 1500)}`);
  }
  if (entry.like !== undefined) expect(response).toMatchObject(entry.like);
  const limits = (requestOf(entry).limits ?? {}) as { timeoutMs?: number };
  const timeoutMs = limits.timeoutMs ?? defaultTimeoutMs;
  expect(response.metadata.executionTimeMs ?? 0).toBeLessThan(timeoutMs + 3000);
  // The rest is download, and waiting for a sandbox on a machine that may have other things to do.
  expect(answer.durationMs).toBeLessThan(timeoutMs + 10_000);
}

function excerpt(text: string, trace: string): string {
  const at = text.indexOf(trace);
  return text.slice(Math.max(0, at - 200), at + 200);
}
