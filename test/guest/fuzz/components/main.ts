/**
 * `npm run fuzz:components -- [mutants] [seed] [processes]`: mutants of components, in processes that are
 * watched as the engine watches its sandboxes. Fails where one crashes, where the engine's own code does
 * not end, or where a process holds more memory than it may.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [mutants = 20_000, seed = 1, processes = 1] = process.argv.slice(2).map(Number);

/** A process runs so many: what earlier ones left would hide in a number that is too large. */
const PORTION = 2000;
/** CPU time that one step may take. The engine ends a run by its clock; code in a loop, by SIGKILL. */
const MAX_STEP_CPU_MS = 2000;
/** 32 MiB for the guest, the rest for Node.js with all that it compiles. */
const MAX_RESIDENT_BYTES = 768 * 2 ** 20;
const WATCH_MS = 250;

const endings = new Map<string, number>();
const findings: string[] = [];
let next = seed;
let maxResidentBytes = 0;

function count(ending: string): void {
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
}

function find(what: string): void {
  findings.push(what);
  console.log(`FOUND ${what}`);
}

/** @returns the mutant to go on with */
function runFrom(first: number, end: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      '--stack-size=3900',
      '--wasm-stack-switching-stack-size=3900',
      '--wasm-max-mem-pages=512',
      '--max-old-space-size=320',
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('process.ts', import.meta.url)),
      String(first),
      String(end - first),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let at = first;
  let step = 'starts';
  let cpuAtStepMs = 0;
  let isStopped = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [kind = '', mutant = '', ...rest] = line.split(' ');
    if (kind === 'ended') count(rest.join(' '));
    if (kind === 'wrong') find(`mutant ${mutant} of ${rest.join(' ')}`);
    at = Number(mutant) + (kind === 'checks' || kind === 'runs' ? 0 : 1);
    step = kind;
    cpuAtStepMs = usageOf(child).cpuMs;
  });
  const watch = setInterval(() => {
    const { cpuMs, residentBytes } = usageOf(child);
    maxResidentBytes = Math.max(maxResidentBytes, residentBytes);
    const isLarge = residentBytes > MAX_RESIDENT_BYTES;
    if (isStopped || (!isLarge && cpuMs - cpuAtStepMs < MAX_STEP_CPU_MS)) return;
    isStopped = true;
    if (isLarge) find(`mutant ${at}: the process has ${residentBytes} bytes`);
    else if (step === 'runs') count('stopped in a loop');
    else find(`mutant ${at}: no end, step "${step}"`);
    child.kill('SIGKILL');
  }, WATCH_MS);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (code !== 0 && !isStopped) find(`mutant ${at}: exit ${code ?? signal}, step "${step}"`);
      resolve(code === 0 ? end : at + 1);
    });
  });
}

function usageOf({ pid }: ChildProcess): { cpuMs: number; residentBytes: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // In hundredths of a second, and pages: fields 14, 15 and 24 of proc(5), less the two before.
    const cpuMs = 10 * (Number(fields[11]) + Number(fields[12]));
    return { cpuMs, residentBytes: 4096 * Number(fields[21]) };
  } catch {
    return { cpuMs: 0, residentBytes: 0 };
  }
}

async function work(): Promise<void> {
  while (next < seed + mutants) {
    const end = Math.min(next + PORTION, seed + mutants);
    let at = next;
    next = end;
    while (at < end) at = await runFrom(at, end);
    console.log(`${new Date().toISOString()} up to ${end}: ${findings.length} found`);
  }
}

await Promise.all(Array.from({ length: processes }, work));
console.log(Object.fromEntries([...endings].sort()));
console.log(`${mutants} mutants, largest process ${Math.round(maxResidentBytes / 2 ** 20)} MiB`);
if (findings.length > 0) process.exitCode = 1;
