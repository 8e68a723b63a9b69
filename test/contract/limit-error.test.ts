import { describe, expect, test } from '@jest/globals';
import { limitError } from '../../lambda/contract/limit-error.ts';
import type { RunLimits } from '../../lambda/contract/protocol.ts';

/** As where less time is left than the request asks for. */
const limits = {
  timeoutMs: 1999.6853030000002,
  cpuMs: 1999.6853030000002,
  memoryBytes: 128 * 2 ** 20,
} as RunLimits;

describe('the error of a limit', () => {
  test.each([
    ['timeoutMs', 1999.7, 'TIMEOUT', /limit of 1999\.7 ms \(limits\.timeoutMs\)/],
    ['cpuMs', 1999.7, 'CPU_LIMIT', /limit of 1999\.7 ms \(limits\.cpuMs\)/],
    ['memoryMb', 128, 'MEMORY_LIMIT', /limit of 128 MB \(limits\.memoryMb\)/],
  ] as const)('%s has no more than one decimal place', (limit, value, code, message) => {
    expect(limitError(limit, limits)).toMatchObject({
      code,
      message: expect.stringMatching(message),
      details: { limit, value },
    });
    expect(limitError(limit, limits, 2000.123)).toMatchObject({
      message: expect.stringMatching(message),
      details: { limit, value, used: 2000.1 },
    });
  });
});
