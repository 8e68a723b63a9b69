import { fail } from './abi.ts';

/** The four clocks of WASI, in nanoseconds. */
export interface Clocks {
  /** @throws {WasiFailure} INVAL for a clock there is not */
  now(id: number): bigint;
  resolution(id: number): bigint;
}

export const clockId = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;

/**
 * Clocks of one run. The monotonic clock starts at one second: it must not reveal the host's
 * uptime, and some runtimes (Go) take zero for a broken clock.
 */
export function openClocks(): Clocks {
  const monotonicStart = process.hrtime.bigint() - 1_000_000_000n;
  const cpuStart = process.cpuUsage();
  const cpuTime = (): bigint => {
    const { user, system } = process.cpuUsage(cpuStart);
    return BigInt(user + system) * 1000n;
  };
  return {
    now(id) {
      if (id === clockId.realtime) return BigInt(Date.now()) * 1_000_000n;
      if (id === clockId.monotonic) return process.hrtime.bigint() - monotonicStart;
      if (id === clockId.processCpu || id === clockId.threadCpu) return cpuTime();
      return fail('inval');
    },
    resolution(id) {
      if (id === clockId.realtime) return 1_000_000n;
      if (id === clockId.monotonic) return 1n;
      if (id === clockId.processCpu || id === clockId.threadCpu) return 1000n;
      return fail('inval');
    },
  };
}
