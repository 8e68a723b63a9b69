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
      const times = await measureRound(subject, callsPerRound);
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

/** The times of single calls, in milliseconds. */
export async function measureRound(subject: Subject, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = performance.now();
    await subject.run();
    times.push(performance.now() - start);
  }
  return times;
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
      samples[index]?.push(await throughputRound(subject, concurrency, callsPerRound));
    }
  }
  return subjects.map(({ name }, index) => ({
    name,
    perSecond: quantile(samples[index] ?? [], 0.5),
  }));
}

/** Calls per second of one round. */
export function throughputRound(
  subject: Subject,
  concurrency: number,
  calls: number,
): Promise<number> {
  let left = calls;
  return perSecond(subject, concurrency, () => left-- > 0);
}

/** Calls per second with so many under way at once, until `next` allows no more. */
async function perSecond(
  subject: Subject,
  concurrency: number,
  next: () => boolean,
): Promise<number> {
  let calls = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next()) {
        calls += 1;
        await subject.run();
      }
    }),
  );
  return (calls * 1000) / (performance.now() - start);
}

/** Median of the times of single calls, as many as a duration allows. */
export async function timedRound(subject: Subject, durationMs: number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + durationMs;
  for (let start = performance.now(); start < end || times.length === 0; ) {
    await subject.run();
    const now = performance.now();
    times.push(now - start);
    start = now;
  }
  return quantile(times, 0.5);
}

/** {@link throughputRound} for a duration. */
export function timedThroughput(
  subject: Subject,
  concurrency: number,
  durationMs: number,
): Promise<number> {
  const end = performance.now() + durationMs;
  return perSecond(subject, concurrency, () => performance.now() < end);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
