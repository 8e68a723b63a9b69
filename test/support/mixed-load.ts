/**
 * Many requests at once, nearly all of them brief: now and then a run asks the host for something, is
 * ended by its time, or costs the process. A script that has done so once is not taken for brief for a
 * long time: there are so many scripts that most of them have been brief until then.
 */

import type { EngineProcess } from './engine-process.ts';
import type { Fixtures } from './servers/hostile-web.ts';

/** What the runs that are not brief do. */
export const exceptions = ['fetch', 'import', 'timeout', 'kill'] as const;
export type Exception = (typeof exceptions)[number];

export interface LoadOptions {
  readonly requests: number;
  readonly clients: number;
  /** In turn, at one of each `every` requests. */
  readonly exceptions: readonly Exception[];
  readonly every: number;
  /** The time limit of runs that do not end by themselves. */
  readonly slowMs: number;
  /** Of those, at a time; where there are more, a run is brief instead: others need processes, too. */
  readonly maxSlow: number;
}

export interface LoadReport {
  /** What is wrong with responses, if anything. */
  readonly complaints: readonly string[];
  /** How long each brief run took beyond its own time, sorted. */
  readonly waitsMs: readonly number[];
  readonly seconds: number;
}

const SCRIPTS = 71;
/** On a busy machine. What is left of the 30 s of an invocation is for waiting. */
const BRIEF_TIMEOUT_MS = 10_000;

const script = `
  switch (input.does) {
    case 'fetch': await fetch('{origin}/json'); break;
    case 'import': await import('{origin}/value.js'); break;
    case 'timeout': for (;;);
    // Ended while it waits: it might go on by itself later, so its process has to be replaced.
    case 'kill': await import('{origin}/hang.js');
  }
  input.number`;

export async function runMixedLoad(
  engine: EngineProcess,
  fixtures: Fixtures,
  options: LoadOptions,
): Promise<LoadReport> {
  const code = script.replaceAll('{origin}', fixtures.origin);
  const urls = Array.from({ length: SCRIPTS }, (_, index) =>
    fixtures.publish(`// ${index}\n${code}`),
  );
  const complaints: string[] = [];
  const waitsMs: number[] = [];
  let sent = 0;
  let slow = 0;

  async function request(number: number): Promise<void> {
    const exception = exceptionOf(number, options);
    const does = endsByTime(exception) && slow >= options.maxSlow ? null : exception;
    const isSlow = endsByTime(does);
    if (isSlow) slow += 1;
    const limits = { timeoutMs: isSlow ? options.slowMs : BRIEF_TIMEOUT_MS };
    const url = urls[number % SCRIPTS];
    const answer = await engine.execute({ url, input: { number, does }, limits });
    if (isSlow) slow -= 1;
    const { result, error, metadata } = JSON.parse(answer.text);
    const isRight = isSlow ? error?.code === 'TIMEOUT' : result === number;
    if (!isRight) complaints.push(`${number} (${does ?? 'brief'}): ${answer.text.slice(0, 300)}`);
    else if (does === null) waitsMs.push(answer.durationMs - metadata.executionTimeMs);
  }
  const client = async (): Promise<void> => {
    while (sent < options.requests) await request(sent++);
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: options.clients }, client));
  const seconds = (performance.now() - startMs) / 1000;
  return { complaints, waitsMs: waitsMs.sort((one, other) => one - other), seconds };
}

function endsByTime(exception: Exception | null): boolean {
  return exception === 'timeout' || exception === 'kill';
}

function exceptionOf(number: number, { exceptions, every }: LoadOptions): Exception | null {
  if (number % every !== every - 1) return null;
  return exceptions[Math.floor(number / every) % exceptions.length] ?? null;
}
