/** What a benchmark measured, and on which machine: kept as JSON, so that later ones compare. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';

export interface LatencyRow {
  readonly depth: string;
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** p50 as a multiple of the floor of its group. */
  readonly ratio: number;
}

export interface ThroughputRow {
  readonly name: string;
  readonly concurrency: number;
  readonly perSecond: number;
  /** As a multiple of the floor. */
  readonly ratio: number;
}

export interface Figures {
  readonly date: string;
  readonly node: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryMb: number;
    readonly system: string;
  };
  readonly rows: readonly LatencyRow[];
  readonly throughput: readonly ThroughputRow[];
  readonly firstAnswerMs: number;
  readonly memory: { readonly engineBytes: number; readonly bareBytes: number };
}

export type Measured = Omit<Figures, 'date' | 'node' | 'machine'>;

export type Place = Pick<Figures, 'node' | 'machine'>;

/** Where this process runs. */
export function thisPlace(): Place {
  return {
    node: process.version,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
      cores: availableParallelism(),
      memoryMb: Math.round(totalmem() / 1024 / 1024),
      system: `${platform()} ${release()} ${arch()}`,
    },
  };
}

export function machineLine({ node, machine }: Place): string {
  return `Node.js ${node}, ${machine.cores} × ${machine.cpu}`;
}

export function readFigures(file: string): Figures {
  return JSON.parse(readFileSync(file, 'utf8')) as Figures;
}

export function writeFigures(file: string, figures: Figures): void {
  writeJson(file, figures);
}

export function writeJson(file: string, figures: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(figures, rounded, 2)}\n`);
}

/** Microseconds are as much as means anything. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(3)) : value;
}
