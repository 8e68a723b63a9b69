/** What a run costs at each depth: inside the sandbox process, through the pool, through HTTP. */

import type { Agent } from 'undici';
import { job, noServices } from '../test/support/run-message.ts';
import { geometricMean } from './computing.ts';
import type { LatencyRow, Measured, ThroughputRow } from './figures.ts';
import { insideSubjects, programSubjects } from './inside.ts';
import { measureLatency, measureThroughput, type Rounds, type Subject } from './measure.ts';
import { createBuiltPool } from './pool.ts';
import { helloModule, helloScript, sha256Of } from './programs.ts';
import { createAgent, requestSubject } from './request.ts';
import { type Server, startServer } from './servers/start.ts';

const dist = new URL('../dist/', import.meta.url);

const fast: Rounds = { rounds: 7, callsPerRound: 500, warmUpCalls: 1000 };
const programRounds: Rounds = { rounds: 7, callsPerRound: 12, warmUpCalls: 20 };
const overHttp: Rounds = { rounds: 7, callsPerRound: 400, warmUpCalls: 600 };
const slow: Rounds = { rounds: 3, callsPerRound: 15, warmUpCalls: 3 };

/** Measures all depths, each against a floor of its own. */
export async function measureDepths(): Promise<Measured> {
  const inside = [
    ...(await latency('inside, script', (await insideSubjects(dist)).slice(0, 2), fast)),
    ...(await latency('inside, module', (await insideSubjects(dist)).slice(2), fast)),
    ...(await twelvePrograms()),
    ...(await throughPool()),
  ];
  const { rows, ...rest } = await throughHttp();
  return { rows: [...inside, ...rows], ...rest };
}

/** Each program, and behind them the geometric means. */
async function twelvePrograms(): Promise<LatencyRow[]> {
  const rows: LatencyRow[] = [];
  for (const { program, subjects } of await programSubjects(dist)) {
    rows.push(...(await latency(program.name, subjects, programRounds)));
  }
  const means = ['plain quickjs-emscripten', 'engine'].map((name) => {
    const own = rows.filter((row) => row.name === name);
    const mean = (pick: (row: LatencyRow) => number): number => geometricMean(own.map(pick));
    return {
      depth: 'twelve programs',
      name,
      p50Ms: mean(({ p50Ms }) => p50Ms),
      p99Ms: mean(({ p99Ms }) => p99Ms),
      ratio: mean(({ ratio }) => ratio),
    };
  });
  return [...rows, ...means];
}

async function latency(
  depth: string,
  subjects: readonly Subject[],
  plan: Rounds,
): Promise<LatencyRow[]> {
  const timings = await measureLatency(subjects, plan);
  const floor = timings[0]?.p50Ms ?? Number.NaN;
  return timings.map((timing) => ({ depth, ...timing, ratio: timing.p50Ms / floor }));
}

async function throughPool(): Promise<LatencyRow[]> {
  const pool = createBuiltPool();
  const subject = (name: string, codeType: 'javascript' | 'wasm', bytes: Uint8Array): Subject => {
    const run = job(codeType, { sha256: sha256Of(bytes) });
    return {
      name,
      async run() {
        const result = await pool.run(run, bytes, noServices, 5000);
        if (result?.outcome.status !== 'success') throw new Error('The run failed.');
      },
    };
  };
  const rows = await latency(
    'pool',
    [
      subject('engine: hello script', 'javascript', Buffer.from(helloScript)),
      subject('engine: hello module', 'wasm', helloModule),
    ],
    fast,
  );
  await pool.close();
  return rows;
}

async function throughHttp(): Promise<Measured> {
  const code = await startServer('code.ts');
  const bare = await startServer('bare.ts');
  const engine = await startServer('engine.ts', {
    ENGINE_TRUSTED_ORIGINS: code.origin,
    ENGINE_CODE_ALLOWED_HOSTS: '*',
  });
  const spawning = await startServer('spawn.ts');
  const agent = createAgent();
  const firstAnswerMs = await firstAnswer(agent, code.origin);
  const subject = (name: string, server: Server, path: string, file: string): Subject =>
    requestSubject(agent, { name, server, path, url: code.origin + file });
  const engineSubject = (name: string, file: string): Subject =>
    subject(`engine: hello ${name}`, engine, '/execute', file);

  const bareName = 'bare server without isolation: hello script';
  const bareScript = subject(bareName, bare, '/', '/hello.js');
  const engineScript = engineSubject('script, downloaded each time', '/hello.js');
  const cachedScript = engineSubject('script, cached as its server allows', '/cached/hello.js');
  const streamedScript = requestSubject(agent, {
    name: 'engine: hello script, cached, streamed',
    server: engine,
    path: '/execute',
    url: `${code.origin}/cached/hello.js`,
    accept: 'text/event-stream',
  });
  const engineModule = engineSubject('module, downloaded each time', '/hello.wasm');
  const spawned = subject('node -e for each request', spawning, '/', '/hello.js');
  const rows = [
    ...(await latency(
      'HTTP',
      [bareScript, engineScript, cachedScript, streamedScript, engineModule],
      overHttp,
    )),
    ...(await latency('HTTP, a process each', [spawned, engineScript], slow)),
  ];
  const throughput = await throughputOf([bareScript, engineScript, cachedScript]);
  const memory = { engineBytes: engine.residentBytes(), bareBytes: bare.residentBytes() };
  await agent.close();
  await Promise.all([code, bare, engine, spawning].map((server) => server.stop()));
  return { rows, throughput, firstAnswerMs, memory };
}

async function throughputOf(subjects: readonly Subject[]): Promise<ThroughputRow[]> {
  const rows: ThroughputRow[] = [];
  for (const concurrency of [1, 2, 8]) {
    const plan = { ...overHttp, callsPerRound: 1500 };
    const measured = await measureThroughput(subjects, concurrency, plan);
    const floor = measured[0]?.perSecond ?? Number.NaN;
    rows.push(...measured.map((row) => ({ ...row, concurrency, ratio: row.perSecond / floor })));
  }
  return rows;
}

/** From starting the engine's process to the answer to a first request. */
async function firstAnswer(agent: Agent, codeOrigin: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const server = await startServer('engine.ts', { ENGINE_TRUSTED_ORIGINS: codeOrigin });
    const url = `${codeOrigin}/hello.js`;
    await requestSubject(agent, { name: 'first', server, path: '/execute', url }).run();
    times.push(performance.now() - start);
    await server.stop();
  }
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}
