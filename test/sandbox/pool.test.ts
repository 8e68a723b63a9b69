import { afterEach, describe, expect, test } from '@jest/globals';
import type { Job } from '../../lambda/sandbox/pool.ts';
import type { SandboxResult } from '../../lambda/sandbox/run.ts';
import { closePools, failures, job, poolOf, ready, services } from '../support/pools.ts';
import { until } from '../support/until.ts';

afterEach(closePools);

/** A guest process that has been taken over: it says what it likes. */
const takenOver = `process.stdin.once('data', () => { act(); });`;

/** Runs once in a process that, when it is given a run, does this. */
async function outcomeOf(act: string, limits: Partial<Job['limits']> = {}): Promise<SandboxResult> {
  const pool = await poolOf(`${takenOver}\nfunction act() { ${act} }\n${ready}`);
  const own = { ...job, limits: { ...job.limits, ...limits } };
  const result = await pool.run(own, new Uint8Array(), services, 10_000, {
    observer: null,
    signal: null,
    requestId: 'request-7',
  });
  if (result === null) throw new Error('No sandbox became free.');
  // Dead or alive, there is one again.
  await until(() => pool.health().idle === 1);
  return result;
}

describe('a sandbox that has been taken over', () => {
  const crashes: readonly (readonly [what: string, act: string])[] = [
    ['says what no one understands', `send({ type: 'exec', command: 'rm' })`],
    ['sends bytes that are no frames', `writeSync(3, Buffer.alloc(100, 255))`],
    ['claims a frame of eight gigabytes', `writeSync(3, Buffer.from('ffffffffffffffff', 'hex'))`],
    ['sends a header that is no JSON', `writeSync(3, Buffer.from('01000000000000007b', 'hex'))`],
    [
      'sends log fields a hundred thousand deep',
      `writeSync(3, (() => { const json = JSON.stringify(log).replace('null', '['.repeat(1e5) + ']'.repeat(1e5)); const b = Buffer.alloc(8); b.writeUInt32LE(json.length, 0); return Buffer.concat([b, Buffer.from(json)]) })())`,
    ],
    ['ends', `process.exit(0)`],
    ['aborts', `process.abort()`],
    ['kills itself', `process.kill(process.pid, 'SIGKILL')`],
    ['throws', `throw new Error('/work/secret/path')`],
  ];
  test.each(crashes)(
    '%s: the run has crashed, and the next finds a new one',
    async (_what, act) => {
      const { outcome } = await outcomeOf(act);
      expect(outcome).toMatchObject({ status: 'error', error: { code: 'SANDBOX_CRASHED' } });
      expect(JSON.stringify(outcome)).not.toContain('secret');
      expect(failures).toMatchObject([{ duringRun: true, requestId: 'request-7' }]);
    },
  );

  test('prints and logs no more than the host lets it', async () => {
    const result = await outcomeOf(
      `for (let i = 0; i < 100; i++) { send({ type: 'output', runId: 1, stream: 'stdout', truncated: false }, Buffer.from('abc')); send(log) } send(done)`,
    );
    expect(Buffer.from(result.stdout).toString()).toBe('abcabcabca');
    expect(result.logs.length).toBe(3);
    expect(result.truncated).toMatchObject({ stdout: true, stderr: false, logs: true });
  });

  test('cannot speak for another run, nor after its own', async () => {
    const result = await outcomeOf(
      `send({ type: 'output', runId: 2, stream: 'stdout', truncated: false }, Buffer.from('x'));
       send({ ...done, runId: 7 }, Buffer.from('7')); send(done, Buffer.from('1'));
       send(done, Buffer.from('2'));
       send({ type: 'output', runId: 1, stream: 'stdout', truncated: false }, Buffer.from('late'))`,
    );
    expect(result.outcome).toMatchObject({ resultJson: '1' });
    expect(result.stdout.length).toBe(0);
  });

  test('that never answers is stopped by the host', async () => {
    const { outcome, executionTimeMs } = await outcomeOf('', { timeoutMs: 100 });
    expect(outcome).toMatchObject({ error: { code: 'TIMEOUT', details: { value: 100 } } });
    expect(executionTimeMs).toBeGreaterThanOrEqual(100);
    expect(failures.length).toBe(0);
  });

  test('that computes without end is stopped for its CPU time', async () => {
    const { outcome } = await outcomeOf('for (;;);', { cpuMs: 100 });
    expect(outcome).toMatchObject({ error: { code: 'CPU_LIMIT', details: { value: 100 } } });
  });

  test('that eats memory is stopped for it', async () => {
    const { outcome } = await outcomeOf(
      'const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1))',
    );
    expect(outcome).toMatchObject({ error: { code: 'MEMORY_LIMIT' } });
  });

  test('finds neither files nor environment nor a way to start a process', async () => {
    const tried = [
      `readFileSync('/etc/hostname')`,
      `readFileSync('/proc/self/environ')`,
      `readFileSync('/proc/' + process.ppid + '/environ')`,
      `writeFileSync('/tmp/taken', '')`,
      `spawnSync('/bin/sh')`,
      `new Worker('1', { eval: true })`,
    ];
    const result = await outcomeOf(
      `const tried = [${tried.map((code) => `() => ${code}`).join()}];
       const { readFileSync, writeFileSync } = process.getBuiltinModule('fs');
       const { spawnSync } = process.getBuiltinModule('child_process');
       const { Worker } = process.getBuiltinModule('worker_threads');
       const outcomes = tried.map((attempt) => { try { attempt(); return 'done' } catch (error) { return error.code } });
       const names = Object.keys(process.env);
       send(done, Buffer.from(JSON.stringify([outcomes, names])))`,
    );
    const denied = tried.map(() => 'ERR_ACCESS_DENIED');
    expect(result.outcome).toMatchObject({ resultJson: JSON.stringify([denied, []]) });
  });
});

describe('a sandbox that does not start', () => {
  test('is tried again with growing pauses, and counted in the health', async () => {
    const pool = await poolOf('process.exit(3);');
    await until(() => pool.health().failedStarts >= 2);
    expect(pool.health()).toMatchObject({ size: 1, idle: 0, busy: 0 });
    expect(failures[0]).toMatchObject({ code: 3, signal: null });
    expect(await pool.run(job, new Uint8Array(), services, 50)).toBeNull();
    expect(pool.health().queued).toBe(0);
  });

  test('costs nobody his patience once three starts have failed', async () => {
    const patient = 60_000;
    const pool = await poolOf('process.exit(3);');
    // Both who waited before that and who comes after it.
    expect(await pool.run(job, new Uint8Array(), services, patient)).toBeNull();
    expect(pool.health().failedStarts).toBeGreaterThanOrEqual(3);
    expect(await pool.run(job, new Uint8Array(), services, patient)).toBeNull();
    expect(pool.health().queued).toBe(0);
  });

  test('leaves the others to work', async () => {
    const pool = await poolOf(
      `${takenOver}\nfunction act() { send(done, Buffer.from("1")) }\n${ready}`,
      3,
    );
    await until(() => pool.health().idle === 3);
    const result = await pool.run(job, new Uint8Array(), services, 20_000);
    expect(result?.outcome).toMatchObject({ resultJson: '1' });
  });
});
