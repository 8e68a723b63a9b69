/** Timing: rounds of single calls, taken in turns, so that noise of the machine hits all alike. */

export interface Subject {
  readonly name: string;
  /** One operation. */
  run(): Promise<unknown> | unknown;
}

export interface Timing {
  readonly name: string;
  /** Medians over the rounds, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Rounds {
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly warmUpCalls: number;
}

/** Latency of one call at a time. */
export async function measureLatency(
  subjects: readonly Subject[],
  { rounds, callsPerRound, warmUpCalls }: Rounds,
): Promise<Timing[]> {
  for (const subject of subjects) {
    for (let call = 0; call < warmUpCalls; call++) await subject.run();
  }
  const samples = subjects.map(() => ({ p50: [] as number[], p99: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      const times: number[] = [];
      for (let call = 0; call < callsPerRound; call++) {
        const start = performance.now();
        await subject.run();
        times.push(performance.now() - start);
      }
      samples[index]?.p50.push(quantile(times, 0.5));
      samples[index]?.p99.push(quantile(times, 0.99));
    }
  }
  return subjects.map(({ name }, index) => ({
    name,
    p50Ms: quantile(samples[index]?.p50 ?? [], 0.5),
    p99Ms: quantile(samples[index]?.p99 ?? [], 0.5),
  }));
}

/** Calls per second with so many under way at once: the median of the rounds. */
export async function measureThroughput(
  subjects: readonly Subject[],
  concurrency: number,
  { rounds, callsPerRound }: Rounds,
): Promise<{ readonly name: string; readonly perSecond: number }[]> {
  const samples = subjects.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) {
      let left = callsPerRound;
      const start = performance.now();
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          while (left > 0) {
            left -= 1;
            await subject.run();
          }
        }),
      );
      samples[index]?.push((callsPerRound * 1000) / (performance.now() - start));
    }
  }
  return subjects.map(({ name }, index) => ({
    name,
    perSecond: quantile(samples[index] ?? [], 0.5),
  }));
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
