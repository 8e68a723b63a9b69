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
const ROUND_MS = 200;
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

/** A row of what was measured: medians, and of the ratios round by round the quartiles, too. */
export interface SideRow {
  readonly name: string;
  readonly unit: Figure['unit'];
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Measures both, in turns. */
export async function compareCheckouts(folder: string): Promise<readonly SideRow[]> {
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
  return [...samples.values()].map(rowOf);
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
  const [downloaded, cached] = [subject('/hello.js'), subject('/cached/hello.js')];
  const latency = (name: string, measured: Subject): Figure => {
    return { name, unit: 'ms', round: () => timedRound(measured, ROUND_MS) };
  };
  return [
    latency('HTTP: downloaded', downloaded),
    latency('HTTP: cached', cached),
    latency('HTTP: web APIs, cached', subject('/cached/web.js')),
    latency('HTTP: module, cached', subject('/cached/hello.wasm')),
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
    ...programs.map(({ name }) => latency(programPrefix + name, subject(`/cached/${name}.js`))),
  ];
}

function rowOf({ name, unit, ours, theirs }: Samples): SideRow {
  const ratios = ours.map((value, index) => value / (theirs[index] ?? Number.NaN));
  return {
    name,
    unit,
    ours: quantile(ours, 0.5),
    theirs: quantile(theirs, 0.5),
    ratio: quantile(ratios, 0.5),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
  };
}

/** The twelve programs as one ratio. */
function programMean(rows: readonly SideRow[]): number {
  const own = rows.filter(({ name }) => name.startsWith(programPrefix));
  return geometricMean(own.map(({ ratio }) => ratio));
}

export function printSides(folder: string, rows: readonly SideRow[]): void {
  console.log(
    `this checkout against ${folder}: medians of ${GENERATIONS * ROUNDS} rounds in turns`,
  );
  console.log(
    `\n${''.padEnd(34)}${'this'.padStart(10)}${'other'.padStart(10)}   ratio   half of the rounds`,
  );
  for (const { name, unit, ours, theirs, ratio, low, high } of rows) {
    const digits = unit === 'ms' ? 4 : 0;
    const [mine, its] = [ours, theirs].map((value) => value.toFixed(digits).padStart(10));
    const spread = `${ratio.toFixed(3)}   ${low.toFixed(3)} … ${high.toFixed(3)}`;
    console.log(`${name.padEnd(34)}${mine}${its}   ${spread}   ${unit}`);
  }
  console.log(`geometric mean of the programs: ${programMean(rows).toFixed(3)}`);
}
