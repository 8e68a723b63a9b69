/** Long streams: a script that prints evenly for some time, and what comes of it at the other end. */

import { readFileSync } from 'node:fs';
import { eventReader, type Format } from './event-reader.ts';

export interface LongStream {
  readonly seconds: number;
  readonly megabytes: number;
}

export interface MeasuredStream {
  /** From the first event to the last. */
  readonly seconds: number;
  /** Of the body, framing included. */
  readonly bodyMb: number;
  /** Lines that did not arrive, or not in their place. */
  readonly lost: number;
  /** Name of the last event, and the error in it. */
  readonly last: string;
  readonly error: unknown;
  /** Resident memory of the process that sends, sampled while it did. */
  readonly firstMb: number;
  readonly peakMb: number;
  /** The most of the second half, beyond the most of the first one. */
  readonly grownMb: number;
}

const MB = 1_000_000;
const LINE_BYTES = 1000;
const STEP_MS = 20;
const SAMPLE_MS = 100;

const lineCount = ({ megabytes }: LongStream): number => (megabytes * MB) / LINE_BYTES;

/** The request whose run prints numbered lines of a thousand bytes, as many in each step. */
export function longStream(stream: LongStream) {
  const steps = (stream.seconds * 1000) / STEP_MS;
  const code = `
    const begin = performance.now();
    const padding = '.'.repeat(${LINE_BYTES});
    let line = 0;
    for (let step = 1; step <= ${steps}; step++) {
      let text = '';
      for (; line < (${lineCount(stream)} * step) / ${steps}; line++) {
        text += (line + padding).slice(0, ${LINE_BYTES - 1}) + '\\n';
      }
      if (text) console.log(text.slice(0, -1));
      const left = begin + step * ${STEP_MS} - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    }
    line;`;
  return { code, limits: { timeoutMs: (stream.seconds + 60) * 1000, cpuMs: 60_000 } };
}

/** @param pid the process that sends the body */
export async function measureStream(
  stream: LongStream,
  body: AsyncIterable<Uint8Array>,
  format: Format,
  pid: number,
): Promise<MeasuredStream> {
  const memory: number[] = [residentMb(pid)];
  const timer = setInterval(() => memory.push(residentMb(pid)), SAMPLE_MS);
  let [bytes, arrived, misplaced, last, rest] = [0, 0, 0, '', ''];
  let error: unknown;
  let beginMs = 0;
  const read = eventReader(format, ({ event, data }) => {
    beginMs ||= performance.now();
    last = event;
    if (event === 'end') error = data.error;
    if (event !== 'stdout') return;
    const lines = (rest + data.text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const isNext = line.length === LINE_BYTES - 1 && line.startsWith(`${arrived}.`);
      if (!isNext) misplaced += 1;
      arrived += 1;
    }
  });
  for await (const chunk of body) {
    bytes += chunk.length;
    read(chunk);
  }
  clearInterval(timer);
  const half = Math.ceil(memory.length / 2);
  const before = Math.max(...memory.slice(0, half));
  return {
    seconds: (performance.now() - beginMs) / 1000,
    bodyMb: bytes / MB,
    lost: misplaced + Math.abs(lineCount(stream) - arrived),
    last,
    error,
    firstMb: memory[0] ?? 0,
    peakMb: Math.max(...memory),
    grownMb: Math.max(...memory.slice(half), before) - before,
  };
}

function residentMb(pid: number): number {
  const [, kilobytes = 0] = /^VmRSS:\s+(\d+) kB$/m.exec(statusOf(pid)) ?? [];
  return (Number(kilobytes) * 1024) / MB;
}

/** Of a process that has ended, nothing. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}
