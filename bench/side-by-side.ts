/**
 * This checkout and another one, in turns on the same machine: what small differences are measured
 * with. The other one may be older. Of each, this uses `dist/handler.mjs` (behind the local server
 * of this checkout) and `bench/inside.ts` with its `insideSubjects`.
 */

import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Agent } from 'undici';
import { geometricMean, programs } from './computing.ts';
import { buildCheckout } from './deployed/deployed.ts';
import { quantile, type Subject, timedRound, timedThroughput } from './measure.ts';
import { createAgent, requestSubject } from './request.ts';
import { type Server, startProcess, startServer } from './servers/start.ts';

const here = fileURLToPath(new URL('../', import.meta.url));

/** Processes differ by a few per cent for as long as they live: each is started some times anew. */
const GENERATIONS = 4;
const ROUNDS = 10;
/** Fixed, so that a slow machine measures less rather than longer: all takes seven or eight minutes. */
const ROUND_MS = 250;
/** Requests whose code is cached, so that the program is most of the time. */
const programPrefix = 'program: ';

/** A figure of one checkout; `round` measures it once. */
interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'requests/s';
  round(): Promise<number>;
}

/** The processes of one checkout. */
interface Side {
  readonly figures: readonly Figure[];
  stop(): Promise<void>;
}

interface Samples {
  readonly name: string;
  readonly unit: Figure['unit'];
  readonly ours: number[];
  readonly theirs: number[];
}

/** Measures both, and prints the median of each and of their ratios, round by round. */
export async function compareCheckouts(folder: string): Promise<void> {
  const other = buildCheckout(folder);
  const code = await startServer('code.ts');
  const agent = createAgent();
  const samples = new Map<string, Samples>();
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const [ours, theirs] = [
      await startSide(here, agent, code.origin),
      await startSide(other, agent, code.origin),
    ];
    await measureSides(ours.figures, theirs.figures, samples);
    await Promise.all([ours.stop(), theirs.stop()]);
  }
  await agent.close();
  await code.stop();
  printSides(other, [...samples.values()]);
}

async function measureSides(
  ours: readonly Figure[],
  theirs: readonly Figure[],
  samples: Map<string, Samples>,
): Promise<void> {
  for (const [index, { name, unit, round }] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined) continue;
    const sample = samples.get(name) ?? { name, unit, ours: [], theirs: [] };
    samples.set(name, sample);
    // The first round is for warming up.
    for (let number = 0; number <= ROUNDS; number++) {
      const oursFirst = number % 2 === 0;
      const first = oursFirst ? await round() : await other.round();
      const second = oursFirst ? await other.round() : await round();
      if (number === 0) continue;
      sample.ours.push(oursFirst ? first : second);
      sample.theirs.push(oursFirst ? second : first);
    }
  }
}

async function startSide(checkout: string, agent: Agent, codeOrigin: string): Promise<Side> {
  const env = { BENCH_CHECKOUT: pathToFileURL(`${checkout}/`).href };
  const inside = await startProcess<InsideReply>('inside.ts', env);
  const engine = await startServer('checkout.ts', {
    ...env,
    ENGINE_TRUSTED_ORIGINS: codeOrigin,
    ENGINE_CODE_ALLOWED_HOSTS: '*',
  });
  const ask = async (subject: string): Promise<number> => {
    const { p50Ms } = await inside.ask({ subject, durationMs: ROUND_MS });
    return p50Ms;
  };
  return {
    figures: [
      { name: 'inside: hello script', unit: 'ms', round: () => ask('hello script') },
      { name: 'inside: hello module', unit: 'ms', round: () => ask('hello module') },
      ...httpFigures(agent, engine, codeOrigin),
    ],
    async stop() {
      await Promise.all([inside.stop(), engine.stop()]);
    },
  };
}

/** What `servers/inside.ts` answers. */
export interface InsideReply {
  readonly p50Ms: number;
}

function httpFigures(agent: Agent, server: Server, codeOrigin: string): Figure[] {
  const subject = (path: string): Subject =>
    requestSubject(agent, { name: path, server, path: '/execute', url: codeOrigin + path });
  const computing = programs.map(({ name }): Figure => {
    const program = subject(`/cached/${name}.js`);
    return { name: programPrefix + name, unit: 'ms', round: () => timedRound(program, ROUND_MS) };
  });
  const [downloaded, cached] = [subject('/hello.js'), subject('/cached/hello.js')];
  return [
    { name: 'HTTP: downloaded', unit: 'ms', round: () => timedRound(downloaded, ROUND_MS) },
    { name: 'HTTP: cached', unit: 'ms', round: () => timedRound(cached, ROUND_MS) },
    {
      name: 'HTTP: downloaded, eight at once',
      unit: 'requests/s',
      round: () => timedThroughput(downloaded, 8, ROUND_MS),
    },
    {
      name: 'HTTP: cached, eight at once',
      unit: 'requests/s',
      round: () => timedThroughput(cached, 8, ROUND_MS),
    },
    ...computing,
  ];
}

/** The medians of the twelve programs as one ratio. */
function programMean(samples: readonly Samples[]): number {
  const own = samples.filter(({ name }) => name.startsWith(programPrefix));
  return geometricMean(
    own.map(({ ours, theirs }) =>
      quantile(
        ours.map((value, index) => value / (theirs[index] ?? Number.NaN)),
        0.5,
      ),
    ),
  );
}

function printSides(other: string, samples: readonly Samples[]): void {
  console.log(`this checkout against ${other}: medians of ${GENERATIONS * ROUNDS} rounds in turns`);
  console.log(
    `\n${''.padEnd(34)}${'this'.padStart(10)}${'other'.padStart(10)}   ratio   half of the rounds`,
  );
  for (const { name, unit, ours, theirs } of samples) {
    const ratios = ours.map((value, index) => value / (theirs[index] ?? Number.NaN));
    const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q).toFixed(3));
    const digits = unit === 'ms' ? 4 : 0;
    const [mine, its] = [ours, theirs].map((values) => quantile(values, 0.5).toFixed(digits));
    console.log(
      `${name.padEnd(34)}${mine?.padStart(10)}${its?.padStart(10)}   ${middle}   ${low} … ${high}   ${unit}`,
    );
  }
  console.log(`geometric mean of the programs: ${programMean(samples).toFixed(3)}`);
}
