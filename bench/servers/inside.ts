/** Measures the subjects of a checkout's `bench/inside.ts`, in a process that has only its code. */

import { type Subject, timedRound } from '../measure.ts';

/** What the parent asks for: the subject with this name, for so long. */
export interface InsideRequest {
  readonly subject: string;
  readonly durationMs: number;
}

/** The part of the module that checkouts have had since there are benchmarks. */
interface InsideModule {
  insideSubjects(dist: URL): Promise<Subject[]>;
}

const checkout = process.env.BENCH_CHECKOUT ?? '';
const { insideSubjects } = (await import(
  new URL('bench/inside.ts', checkout).href
)) as InsideModule;
const subjects = await insideSubjects(new URL('dist/', checkout));

process.on('message', async ({ subject: name, durationMs }: InsideRequest) => {
  const subject = subjects.find((each) => each.name.startsWith(`engine: ${name}`));
  if (subject === undefined) throw new Error(`There is no ${name} in ${checkout}.`);
  process.send?.({ p50Ms: await timedRound(subject, durationMs) });
});
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
