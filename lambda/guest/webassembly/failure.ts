/** Turns what ended a run into the error that the caller sees. */

import type { GuestErrorCode, Json } from '../../contract/errors.ts';
import { limitError } from '../../contract/limit-error.ts';
import type { GuestError, RunLimits } from '../../contract/protocol.ts';
import { MalformedModule } from '../wasm-binary/reader.ts';
import { EntrypointNotFound, InvalidArguments, issuesJson } from './entry.ts';
import type { Halt } from './module/halt.ts';
import { haltOf } from './module/halt.ts';
import { MemoryDemand, UnsupportedModule } from './module/limits.ts';
import { LinkError } from './module/link.ts';

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
  /** The guest was refused more memory. */
  readonly memoryRefused: boolean;
}

/** An outcome other than an error: the program ended itself with exit code 0. */
export function isCleanExit(thrown: unknown): boolean {
  const halt = haltOf(thrown);
  return halt?.kind === 'exit' && halt.code === 0;
}

export function failureOf(thrown: unknown, origin: Origin): Failure {
  const halted = haltOf(thrown);
  const trapped = halted === null || (halted.kind === 'trap' && origin.memoryRefused);
  if (!trapped) return failureOfHalt(halted, thrown, origin);
  const report = limitOf(thrown, origin) ?? classify(thrown);
  return {
    error: {
      details: null,
      ...report,
      stack: guestStack(thrown, report.name, report.message, origin),
    },
    exitCode: null,
  };
}

interface Report {
  readonly code: GuestErrorCode | 'INVALID_REQUEST';
  readonly name: string;
  readonly message: string;
  readonly details?: Json;
}

/** Which limit of the run was hit, where that is what happened. */
function limitOf(thrown: unknown, origin: Origin): Report | null {
  const memory = (bytes: number): Report => limitError('memoryMb', origin.limits, bytes / 2 ** 20);
  if (thrown instanceof MemoryDemand) return memory(thrown.demandedBytes);
  if (thrown instanceof RangeError) {
    return /call stack/.test(thrown.message)
      ? limitError('stack', origin.limits)
      : memory(origin.memoryBytes);
  }
  const trapped = thrown instanceof WebAssembly.RuntimeError;
  return trapped && origin.memoryRefused ? memory(origin.memoryBytes) : null;
}

function failureOfHalt(halted: Halt, thrown: unknown, origin: Origin): Failure {
  const error = (code: GuestErrorCode, name: string, message: string): GuestError => ({
    code,
    name,
    message,
    stack: guestStack(thrown, name, message, origin),
    details: null,
  });
  switch (halted.kind) {
    case 'exit':
      return failureOfExit(halted.code);
    case 'signal':
      return {
        error: error('NON_ZERO_EXIT', 'NonZeroExit', `The program raised ${halted.name}.`),
        exitCode: halted.code,
      };
    case 'trap':
      return { error: error('WASM_TRAP', 'RuntimeError', halted.message), exitCode: null };
    case 'timeout':
      return { error: limitError('timeoutMs', origin.limits), exitCode: null };
  }
}

/**
 * A shell, and who waits for a process, sees the low eight bits of an exit code: 255 of −1.
 * @param raw as the program gave it, an unsigned number of 32 bits
 */
function failureOfExit(raw: number): Failure {
  const exitCode = raw & 0xff;
  const asGiven = exitCode === raw ? '' : ` (it gave ${raw | 0})`;
  return {
    error: {
      code: 'NON_ZERO_EXIT',
      name: 'NonZeroExit',
      message: `The program exited with code ${exitCode}${asGiven}.`,
      stack: null,
      details: exitCode === raw ? null : { exitCode, rawExitCode: raw },
    },
    exitCode,
  };
}

function classify(thrown: unknown): Report {
  if (thrown instanceof LinkError) {
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
  return message
    .replace(/^WebAssembly\.\w+\(\):?\s*/, '')
    .replace(flagAdvice, ' (the proposal $1, which this engine does not run)');
}

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
