/** Pools whose processes run a few lines of a test instead of the guest: it decides what they send. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FailureReport } from '../../lambda/sandbox/fleet.ts';
import { createPool, type SandboxPool } from '../../lambda/sandbox/pool.ts';
import { noServices, job as runJob } from './run-message.ts';

/** What such a process says it with. */
const protocol = `
import { writeSync } from 'node:fs';
function send(message, body = Buffer.alloc(0)) {
  const json = Buffer.from(JSON.stringify(message));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(json.length, 0);
  prefix.writeUInt32LE(body.length, 4);
  const frame = Buffer.concat([prefix, json, body]);
  for (let at = 0; at < frame.length; ) at += writeSync(3, frame, at);
}
const outcome = { status: 'success', exitCode: null };
const done = { type: 'done', runId: 1, codeType: 'javascript', outcome, executionTimeMs: 1, cpuTimeMs: 1, memoryPeakBytes: 1, kept: [], retire: false };
const log = { type: 'log', runId: 1, level: 'info', message: 'm', fields: null, timestamp: new Date().toISOString() };
process.stdin.on('end', () => process.exit(0));
`;
export const ready = `send({ type: 'ready' });`;

export const services = noServices;

/** A run that the processes do not read: they only need its id. */
export const job = runJob('javascript', {
  sha256: '0'.repeat(64),
  limits: {
    timeoutMs: 20_000,
    cpuMs: 20_000,
    memoryBytes: 16 * 2 ** 20,
    maxOutputBytes: 10,
    maxLogEntries: 3,
    maxResultBytes: 1000,
    maxFilesBytes: 0,
    maxModules: 0,
  },
});

const folders: string[] = [];
const pools: SandboxPool[] = [];
/** What the pools have told of since {@link closePools}. */
export const failures: FailureReport[] = [];

export async function closePools(): Promise<void> {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  failures.length = 0;
}

/** @param code of the process, behind {@link protocol} */
export async function poolOf(code: string, size = 1): Promise<SandboxPool> {
  const folder = await mkdtemp(join(tmpdir(), 'guest-'));
  folders.push(folder);
  await writeFile(join(folder, 'guest.mjs'), protocol + code);
  const pool = createPool({
    directory: pathToFileURL(`${folder}/`),
    size,
    keeper: true,
    maxMemoryBytes: 2 ** 27,
    maxFetchBytes: 2 ** 20,
    codeCacheBytes: 0,
    onFailure: (report) => failures.push(report),
  });
  pools.push(pool);
  return pool;
}
