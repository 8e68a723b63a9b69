/**
 * Runs the programs in Node.js and through `POST /execute`: the results must be the same, to the byte.
 * Each runs five times, in turns with others and all in one sandbox: first as source, then from the
 * memory images that the engine keeps of code.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import type { Outcome } from '../expectations.ts';
import { startApi } from './api.ts';
import { installPackages, programPackages } from './installed.ts';
import { runInNode } from './node.ts';
import { bundlePrograms, type Program } from './programs.ts';

const RUNS = 5;
/** So many programs take turns, that all of their images fit. */
const PROGRAMS_IN_TURN = 6;

export async function runPackages(area?: string): Promise<Outcome[]> {
  const programs = await bundlePrograms(installPackages(programPackages), area);
  const api = await startApi(new Map(programs.map(({ name, source }) => [`/${name}`, source])));
  const engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: api.origin,
    ENGINE_SANDBOXES: '1',
    ENGINE_FETCH_MAX_REQUESTS: '50',
    ENGINE_CODE_CACHE_BYTES: String(512 * 2 ** 20),
  });
  try {
    const outcomes: Outcome[] = [];
    for (let start = 0; start < programs.length; start += PROGRAMS_IN_TURN) {
      const group = programs.slice(start, start + PROGRAMS_IN_TURN);
      outcomes.push(...(await runInTurns(engine, api.origin, group)));
    }
    return outcomes;
  } finally {
    await engine.stop();
    await api.close();
  }
}

async function runInTurns(
  engine: EngineProcess,
  origin: string,
  programs: readonly Program[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const expected = new Map<Program, string>();
  for (const program of programs) expected.set(program, await expectedOf(program, origin));
  for (let run = 1; run <= RUNS; run++) {
    for (const [program, result] of expected) {
      const message = await differenceOf(engine, origin, program, result);
      const name = `run ${run} gives the result of Node.js`;
      outcomes.push({ file: program.name, name, passed: message === '', message });
    }
  }
  return outcomes;
}

async function expectedOf({ source }: Program, origin: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'script-engine-program-'));
  try {
    const path = join(folder, 'program.mjs');
    await writeFile(path, source);
    return await runInNode(path, { origin });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @returns what differs, nothing where all is the same */
async function differenceOf(
  engine: EngineProcess,
  origin: string,
  { name }: Program,
  expected: string,
): Promise<string> {
  const { text } = await engine.execute({
    url: `${origin}/${name}`,
    input: { origin },
    limits: { timeoutMs: 25_000, memoryMb: 512 },
  });
  const answer = JSON.parse(text) as {
    result: unknown;
    stdout: string;
    stderr: string;
    error: unknown;
  };
  if (answer.error !== null) return JSON.stringify(answer.error);
  if (answer.stdout + answer.stderr !== '') return `prints ${answer.stdout}${answer.stderr}`;
  // The answer has it as the sandbox gave it.
  if (text.includes(`"result":${expected},"stdout":`)) return '';
  const found = JSON.stringify(answer.result);
  let start = 0;
  while (start < found.length && found[start] === expected[start]) start += 1;
  const excerpt = (json: string): string => json.slice(Math.max(0, start - 40), start + 80);
  return `from character ${start}: ${excerpt(found)} rather than ${excerpt(expected)}`;
}
