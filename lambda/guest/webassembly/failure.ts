/** Turns what ended a run into the error that the caller sees. */

import type { Json } from '../../contract/errors.ts';
import { limitError } from '../../contract/limit-error.ts';
import type { GuestError, RunLimits } from '../../contract/protocol.ts';
import { MalformedModule } from '../wasm-binary/reader.ts';
import { EntrypointNotFound, InvalidArguments, issuesJson } from './entry.ts';
import type { Halt } from './module/halt.ts';
import { haltOf } from './module/halt.ts';
import { MemoryDemand, UnsupportedModule } from './module/limits.ts';
import { MissingImports } from './module/link.ts';
import type { Refusal } from './module/refusal.ts';

export interface Failure {
  readonly error: GuestError;
  readonly exitCode: number | null;
}

/** What is known of the module whose run failed. */
export interface Origin {
  /** Final URL of the code, as frames show it. */
  readonly url: string;
  /** Where an offset in the code that V8 compiled lies in the file. */
  readonly offsetInFile: (offset: number) => number;
  readonly limits: RunLimits;
  readonly memoryBytes: number;
  /** The last time that the run's limit refused the guest memory. */
  readonly memoryRefusal: Refusal | null;
}

/** Of a failure before anything ran. */
export function nowhere({ url, limits }: Pick<Origin, 'url' | 'limits'>): Origin {
  return { url, limits, offsetInFile: (offset) => offset, memoryBytes: 0, memoryRefusal: null };
}

/** An outcome other than an error: the program ended itself with exit code 0. */
export function isCleanExit(thrown: unknown): boolean {
  const halt = haltOf(thrown);
  return halt?.kind === 'exit' && halt.code === 0;
}

export function failureOf(thrown: unknown, origin: Origin): Failure {
  const halted = haltOf(thrown);
  const { exitCode, ...report } = halted ? reportOfHalt(halted, origin) : classify(thrown);
  const limit = limitOf(thrown, halted, origin);
  const { name, message, details = null } = limit ?? report;
  const hasPlace = halted?.kind !== 'exit' && halted?.kind !== 'timeout';
  return {
    error: {
      ...(limit ?? report),
      stack: hasPlace ? guestStack(thrown, name, message, origin) : null,
      details: limit ? details : withRefusal(details, origin),
    },
    exitCode: exitCode ?? null,
  };
}

interface Report {
  readonly code: GuestError['code'];
  readonly name: string;
  readonly message: string;
  readonly details?: Json;
  /** Of a program that ended itself. */
  readonly exitCode?: number;
}

/** Which limit of the run was hit, where that is what happened. */
function limitOf(thrown: unknown, halted: Halt | null, origin: Origin): Report | null {
  const memory = (bytes: number): Report => limitError('memoryMb', origin.limits, bytes / 2 ** 20);
  if (thrown instanceof MemoryDemand) return memory(thrown.demandedBytes);
  if (thrown instanceof RangeError) {
    return /call stack/.test(thrown.message)
      ? limitError('stack', origin.limits)
      : memory(origin.memoryBytes);
  }
  return endsByRefusal(thrown, halted, origin.memoryRefusal) ? memory(origin.memoryBytes) : null;
}

/**
 * Whether a program has ended as programs do that are refused memory: right after, by an exit or by any
 * trap but those of arithmetic.
 */
function endsByRefusal(thrown: unknown, halted: Halt | null, refusal: Refusal | null): boolean {
  if (!refusal || refusal.survived || refusal.elapsedMs > MAX_GIVING_UP_MS) return false;
  if (halted?.kind === 'timeout') return false;
  if (halted?.kind === 'exit' || halted?.kind === 'signal') {
    return refusal.cpuMs <= MAX_CPU_MS_TO_EXIT;
  }
  const isTrap = thrown instanceof WebAssembly.RuntimeError && !arithmetic.test(thrown.message);
  const isUncaught = thrown instanceof WebAssembly.Exception;
  return refusal.cpuMs <= MAX_CPU_MS_TO_TRAP && (isTrap || isUncaught);
}

/**
 * An allocator gives up at once, and what calls it formats a message at most: under 1 ms in programs of
 * C++, Rust and AssemblyScript. The kernel counts in steps of 4 ms.
 */
const MAX_CPU_MS_TO_TRAP = 12;
/** Go lists all its goroutines before it exits, by code that was never compiled before: 40 ms. */
const MAX_CPU_MS_TO_EXIT = 250;
/** The machine may be busy. */
const MAX_GIVING_UP_MS = 1000;

const arithmetic = /divide|remainder|unrepresentable/;

/** A program that went on without the memory may still end as it does for want of it. */
function withRefusal(details: Json, { memoryRefusal, limits }: Origin): Json {
  if (!memoryRefusal) return details;
  const memoryRefused = { limit: 'memoryMb', value: limits.memoryBytes / 2 ** 20 };
  return isObject(details) ? { ...details, memoryRefused } : { memoryRefused };
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reportOfHalt(halted: Halt, origin: Origin): Report {
  switch (halted.kind) {
    case 'exit':
      return reportOfExit(halted.code);
    case 'signal':
      return {
        code: 'NON_ZERO_EXIT',
        name: 'NonZeroExit',
        message: `The program raised ${halted.name}.`,
        exitCode: halted.code,
      };
    case 'trap':
      return { code: 'WASM_TRAP', name: 'RuntimeError', message: halted.message };
    case 'timeout':
      return limitError('timeoutMs', origin.limits);
  }
}

/**
 * A shell, and who waits for a process, sees the low eight bits of an exit code: 255 of −1.
 * @param raw as the program gave it, an unsigned number of 32 bits
 */
function reportOfExit(raw: number): Report {
  const exitCode = raw & 0xff;
  const asGiven = exitCode === raw ? '' : ` (it gave ${raw | 0})`;
  return {
    code: 'NON_ZERO_EXIT',
    name: 'NonZeroExit',
    message: `The program exited with code ${exitCode}${asGiven}.`,
    details: exitCode === raw ? null : { exitCode, rawExitCode: raw },
    exitCode,
  };
}

function classify(thrown: unknown): Report {
  if (thrown instanceof MissingImports) {
    const { message, details } = thrown;
    return { code: 'WASM_LINK_ERROR', name: 'LinkError', message, details };
  }
  if (thrown instanceof UnsupportedModule || thrown instanceof MalformedModule) {
    return { code: 'WASM_INVALID', name: 'CompileError', message: thrown.message };
  }
  if (thrown instanceof EntrypointNotFound) {
    const { message, name } = thrown;
    return {
      code: 'ENTRYPOINT_NOT_FOUND',
      name,
      message,
      details: { exports: [...thrown.exports] },
    };
  }
  if (thrown instanceof InvalidArguments) {
    const { message, issues } = thrown;
    return {
      code: 'INVALID_REQUEST',
      name: 'InvalidRequest',
      message,
      details: issuesJson(issues),
    };
  }
  if (thrown instanceof WebAssembly.CompileError) {
    return { code: 'WASM_INVALID', name: 'CompileError', message: cleaned(thrown.message) };
  }
  if (thrown instanceof WebAssembly.LinkError) {
    return { code: 'WASM_LINK_ERROR', name: 'LinkError', message: cleaned(thrown.message) };
  }
  if (thrown instanceof WebAssembly.RuntimeError) {
    return { code: 'WASM_TRAP', name: 'RuntimeError', message: cleaned(thrown.message) };
  }
  if (thrown instanceof WebAssembly.Exception) {
    return {
      code: 'WASM_TRAP',
      name: 'Exception',
      message: 'The program threw an exception that it does not catch.',
    };
  }
  return {
    code: 'WASM_TRAP',
    name: 'RuntimeError',
    message: thrown instanceof Error ? cleaned(thrown.message) : 'The program threw a value.',
  };
}

/**
 * V8's message without the name of the JavaScript function that met it. Where V8 advises to enable a
 * proposal by one of its flags, which callers do not have, the proposal is named.
 */
function cleaned(message: string): string {
  const text = message.replace(/^WebAssembly\.\w+\(\):?\s*/, '');
  const [, proposal = unnamed.find(([met]) => met.test(text))?.[1]] = flagAdvice.exec(text) ?? [];
  if (!proposal) return text;
  const refusal = ` (the proposal ${proposal}, which this engine does not run)`;
  return flagAdvice.test(text) ? text.replace(flagAdvice, refusal) : text.replace(place, refusal);
}

/** Where the offset begins, or the end. */
const place = /(?= @\+\d+$|$)/;

/** What V8 does not know as a proposal. */
const unnamed: readonly (readonly [RegExp, string])[] = [
  [/invalid memory limits flags 0x[89a-f]\b/, 'custom-page-sizes'],
  [/invalid numeric opcode: 0xfc1[3-6]\b/, 'wide-arithmetic'],
];

const flagAdvice =
  /[,.]? *\(?\b(?:enable|supported) (?:with|via) --(?:experimental-)?(?:wasm-)?([\w-]+)\)?/i;

const frame = /^ +at (?:(.*) \()?wasm:\/\/wasm\/([^:]*):wasm-function\[(\d+)\]:0x([\da-f]+)\)?$/;

/**
 * The frames of the guest: names of the name section, index, and offset in the file. The outermost
 * frame is always the guest's; frames of other modules are the host's own.
 */
function guestStack(thrown: unknown, name: string, message: string, origin: Origin): string | null {
  const isObject = typeof thrown === 'object' && thrown !== null;
  const stack = isObject && 'stack' in thrown ? thrown.stack : null;
  if (typeof stack !== 'string') return null;
  const matches = stack.split('\n').flatMap((line) => {
    const [matched, named, module, index, offset] = frame.exec(line) ?? [];
    return matched && index && offset ? [{ named, module, index, offset }] : [];
  });
  const guest = matches.at(-1)?.module;
  const frames = matches
    .filter(({ module }) => module === guest)
    .map(({ named, index, offset }) => {
      const inFile = origin.offsetInFile(Number.parseInt(offset, 16));
      const place = `${origin.url}:wasm-function[${index}]:0x${inFile.toString(16)}`;
      return named ? `    at ${named} (${place})` : `    at ${place}`;
    });
  return frames.length > 0 ? [`${name}: ${message}`, ...frames].join('\n') : null;
}
