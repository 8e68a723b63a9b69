/**
 * `npm run bench`: what a run costs at three depths (inside the sandbox process, through the pool,
 * through HTTP), each against a floor measured in the same minutes on the same machine.
 * Prints a table and writes bench/results/latest.json.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Agent } from 'undici';
import { createPool } from '../lambda/sandbox/pool.ts';
import { insideSubjects, runMessage } from './inside.ts';
import { measureLatency, measureThroughput, type Rounds, type Subject } from './measure.ts';
import { helloModule, helloScript } from './programs.ts';
import { type Server, startServer } from './servers.ts';

const dist = new URL('../dist/', import.meta.url);
const MIB = 1024 * 1024;

const fast: Rounds = { rounds: 7, callsPerRound: 500, warmUpCalls: 1000 };
const overHttp: Rounds = { rounds: 7, callsPerRound: 400, warmUpCalls: 600 };
const slow: Rounds = { rounds: 3, callsPerRound: 15, warmUpCalls: 3 };

interface Row {
  readonly depth: string;
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** p50 as a multiple of the floor of its group. */
  readonly ratio: number;
}

const rows: Row[] = [];

console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`);

await latency('inside, script', (await insideSubjects(dist)).slice(0, 2), fast);
await latency('inside, module', (await insideSubjects(dist)).slice(2), fast);
await throughPool();

const code = await startServer('code-server.ts');
const bare = await startServer('bare-server.ts');
const engine = await startServer('engine-server.ts', {
  ENGINE_TRUSTED_ORIGINS: code.origin,
  ENGINE_CODE_ALLOWED_HOSTS: '*',
});
const spawning = await startServer('spawn-server.ts');
const agent = new Agent({ connections: 64 });
const firstAnswerMs = await firstAnswer();
const bareScript = httpSubject(
  'bare server without isolation: hello script',
  bare,
  '/',
  '/hello.js',
);
const engineSubject = (name: string, file: string): Subject =>
  httpSubject(`engine: hello ${name}`, engine, '/execute', file);
const engineScript = engineSubject('script, downloaded each time', '/hello.js');
const cachedScript = engineSubject('script, cached as its server allows', '/cached/hello.js');
const engineModule = engineSubject('module, downloaded each time', '/hello.wasm');
await latency('HTTP', [bareScript, engineScript, cachedScript, engineModule], overHttp);
await latency(
  'HTTP, a process each',
  [httpSubject('node -e for each request', spawning, '/', '/hello.js'), engineScript],
  slow,
);
const throughput: { name: string; concurrency: number; perSecond: number; ratio: number }[] = [];
for (const concurrency of [1, 2, 8]) {
  const measured = await measureThroughput([bareScript, engineScript, cachedScript], concurrency, {
    ...overHttp,
    callsPerRound: 1500,
  });
  const floor = measured[0]?.perSecond ?? Number.NaN;
  throughput.push(
    ...measured.map((row) => ({ ...row, concurrency, ratio: row.perSecond / floor })),
  );
}
const memory = { engineBytes: engine.residentBytes(), bareBytes: bare.residentBytes() };
await agent.close();
await Promise.all([code, bare, engine, spawning].map((server) => server.stop()));
report();

async function latency(depth: string, subjects: readonly Subject[], plan: Rounds): Promise<void> {
  const timings = await measureLatency(subjects, plan);
  const floor = timings[0]?.p50Ms ?? Number.NaN;
  rows.push(...timings.map((timing) => ({ depth, ...timing, ratio: timing.p50Ms / floor })));
}

async function throughPool(): Promise<void> {
  const pool = createPool({
    directory: new URL('guest/', dist),
    size: 1,
    maxMemoryBytes: 512 * MIB,
    maxFetchBytes: MIB,
    onFailure: (report) => console.error(report),
  });
  const services = {
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    importModule: () => Promise.reject(new Error('nothing is imported')),
  };
  const subject = (name: string, codeType: 'javascript' | 'wasm', bytes: Uint8Array): Subject => {
    const { type, runId, codeKept, ...job } = runMessage(codeType, bytes);
    return {
      name,
      async run() {
        const result = await pool.run(job, bytes, services, 5000);
        if (result?.outcome.status !== 'success') throw new Error('The run failed.');
      },
    };
  };
  await latency(
    'pool',
    [
      subject('engine: hello script', 'javascript', Buffer.from(helloScript)),
      subject('engine: hello module', 'wasm', helloModule),
    ],
    fast,
  );
  await pool.close();
}

function httpSubject(name: string, server: Server, path: string, file = path): Subject {
  const body = JSON.stringify({ url: code.origin + file });
  return {
    name,
    async run() {
      const { statusCode, body: answer } = await agent.request({
        origin: server.origin,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (statusCode !== 200 || text.includes('"status":"error"')) throw new Error(text);
    },
  };
}

/** From starting the engine's process to the answer to a first request. */
async function firstAnswer(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const server = await startServer('engine-server.ts', { ENGINE_TRUSTED_ORIGINS: code.origin });
    await httpSubject('first', server, '/execute', '/hello.js').run();
    times.push(performance.now() - start);
    await server.stop();
  }
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}

function report(): void {
  const ms = (value: number): string => value.toFixed(3).padStart(9);
  console.log('\ndepth                  p50 ms    p99 ms   × floor');
  for (const row of rows) {
    console.log(
      `${row.depth.padEnd(20)}${ms(row.p50Ms)} ${ms(row.p99Ms)} ${row.ratio.toFixed(2).padStart(9)}   ${row.name}`,
    );
  }
  console.log('\nconcurrency   requests/s   × bare');
  for (const row of throughput) {
    console.log(
      `${String(row.concurrency).padEnd(14)}${row.perSecond.toFixed(0).padStart(10)} ${row.ratio.toFixed(2).padStart(8)}   ${row.name}`,
    );
  }
  console.log(`\nprocess start to first answer: ${firstAnswerMs.toFixed(0)} ms`);
  console.log(
    `resident memory: engine ${(memory.engineBytes / MIB).toFixed(0)} MB (all processes), bare server ${(memory.bareBytes / MIB).toFixed(0)} MB`,
  );
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    new URL('latest.json', folder),
    `${JSON.stringify({ node: process.version, date: new Date().toISOString(), rows, throughput, firstAnswerMs, memory }, null, 2)}\n`,
  );
}
