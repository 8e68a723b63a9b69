/** The errors of runs that reach a limit: each names the limit, its value and the request's field. */

import { errorName } from './errors.ts';
import type { GuestError, RunLimits } from './protocol.ts';

export type LimitName = 'timeoutMs' | 'cpuMs' | 'memoryMb' | 'stack';

/** @param used what the run had used when it ended, if that is known */
export function limitError(limit: LimitName, limits: RunLimits, used?: number): GuestError {
  switch (limit) {
    case 'timeoutMs':
      return error(
        'TIMEOUT',
        limit,
        limits.timeoutMs,
        used,
        (value) => `The run took longer than its limit of ${value} ms (limits.timeoutMs)`,
      );
    case 'cpuMs':
      return error(
        'CPU_LIMIT',
        limit,
        limits.cpuMs,
        used,
        (value) => `The run used more CPU time than its limit of ${value} ms (limits.cpuMs)`,
      );
    case 'memoryMb':
      return error(
        'MEMORY_LIMIT',
        limit,
        limits.memoryBytes / 2 ** 20,
        used,
        (value) => `The run needed more memory than its limit of ${value} MB (limits.memoryMb)`,
      );
    case 'stack':
      return {
        code: 'STACK_OVERFLOW',
        name: errorName('STACK_OVERFLOW'),
        message: 'The call stack overflowed: the code calls itself too deeply, or without end',
        stack: null,
        details: null,
      };
  }
}

function error(
  code: GuestError['code'],
  limit: string,
  exact: number,
  used: number | undefined,
  message: (value: number) => string,
): GuestError {
  const name = errorName(code);
  // What is left of an invocation's time is no round number.
  const value = toTenths(exact);
  if (used === undefined) {
    return { code, name, message: message(value), stack: null, details: { limit, value } };
  }
  const rounded = toTenths(used);
  const unit = limit === 'memoryMb' ? 'MB' : 'ms';
  return {
    code,
    name,
    message: `${message(value)}; it had used ${rounded} ${unit}`,
    stack: null,
    details: { limit, value, used: rounded },
  };
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
