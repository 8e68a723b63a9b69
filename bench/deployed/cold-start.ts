/**
 * Cold starts as Lambda makes them, on one processor, in turns with those of a function that does
 * nothing: until the runtime asks for the first invocation, and until that has been answered.
 */

import { answerOf } from '../../test/support/lambda/answer.ts';
import { emptyFunction } from '../../test/support/lambda/empty-function.ts';
import {
  createImage,
  type Image,
  startEnvironment,
} from '../../test/support/lambda/environment.ts';
import { executeEvent } from '../../test/support/lambda/event.ts';
import { cpuMsOf } from '../../test/support/usage.ts';
import { quantile } from '../measure.ts';
import { startServer } from '../servers/start.ts';

/** Of one function: medians over the rounds, in milliseconds, CPU time of all its processes. */
export interface ColdStartRow {
  readonly name: string;
  readonly initMs: number;
  readonly initCpuMs: number;
  readonly firstAnswerMs: number;
  readonly firstAnswerCpuMs: number;
}

type ColdStart = Omit<ColdStartRow, 'name'>;

export interface ColdStartOptions {
  /** Folders of built functions, by name. */
  readonly functions: Readonly<Record<string, string>>;
  /** `stream.handler`, or `handler.handler`: what Lambda calls. */
  readonly handler: string;
  /** What Lambda has in `/var/runtime`, when it is not to be the bootstrap of the tests. */
  readonly runtimeFiles?: readonly string[] | undefined;
  readonly rounds: number;
}

/** As many as a function with 1,769 MB or less has. */
const PROCESSORS = '0';
const EMPTY_FUNCTION = 'empty function';

/** @returns a row for the function that does nothing, then one for each of the others */
export async function measureColdStarts(options: ColdStartOptions): Promise<ColdStartRow[]> {
  const { functions, handler, runtimeFiles, rounds } = options;
  const code = await startServer('code.ts');
  const empty = emptyFunction();
  const event = executeEvent({ url: `${code.origin}/hello.js` });
  const settings = { _HANDLER: handler, ENGINE_TRUSTED_ORIGINS: code.origin };
  const subjects: { name: string; image: Image; starts: ColdStart[] }[] = [];
  for (const [name, folder] of Object.entries({ [EMPTY_FUNCTION]: empty.folder, ...functions })) {
    subjects.push({ name, image: await createImage(folder, runtimeFiles), starts: [] });
  }
  // The first round reads the files from disk.
  for (let round = 0; round <= rounds; round++) {
    for (const { image, starts } of subjects) {
      const start = await coldStart(image, settings, event);
      if (round > 0) starts.push(start);
    }
  }
  for (const { image } of subjects) await image.remove();
  empty.remove();
  await code.stop();
  return subjects.map(({ name, starts }) => ({ name, ...medians(starts) }));
}

async function coldStart(
  image: Image,
  settings: Readonly<Record<string, string>>,
  event: unknown,
): Promise<ColdStart> {
  const environment = await startEnvironment(image, settings, PROCESSORS);
  try {
    const initCpuMs = cpuMsOf(environment.processes());
    const begin = performance.now();
    const { statusCode } = await answerOf(await environment.invoke(event));
    const firstAnswerMs = environment.initMs + performance.now() - begin;
    const firstAnswerCpuMs = cpuMsOf(environment.processes());
    if (statusCode !== 200) throw new Error(`The answer has status ${statusCode}`);
    return { initMs: environment.initMs, initCpuMs, firstAnswerMs, firstAnswerCpuMs };
  } finally {
    await environment.kill();
  }
}

function medians(starts: readonly ColdStart[]): ColdStart {
  const median = (figure: keyof ColdStart): number =>
    quantile(
      starts.map((start) => start[figure]),
      0.5,
    );
  return {
    initMs: median('initMs'),
    initCpuMs: median('initCpuMs'),
    firstAnswerMs: median('firstAnswerMs'),
    firstAnswerCpuMs: median('firstAnswerCpuMs'),
  };
}

/** @param rows of {@link measureColdStarts} */
export function printColdStarts(
  rows: readonly ColdStartRow[],
  handler: string,
  rounds: number,
): void {
  const [floor] = rows;
  if (floor === undefined) return;
  const figures = [
    ['init, ms', 'initMs'],
    ['init, CPU ms', 'initCpuMs'],
    ['first answer, ms', 'firstAnswerMs'],
    ['first answer, CPU ms', 'firstAnswerCpuMs'],
  ] as const;
  console.log(
    `\ncold start of ${handler} on one processor: medians of ${rounds} in turns, as multiples of an empty one`,
  );
  console.log(''.padEnd(24) + figures.map(([title]) => title.padStart(24)).join(''));
  for (const row of rows) {
    const cells = figures.map(([, key]) =>
      `${row[key].toFixed(0)} ${`× ${(row[key] / floor[key]).toFixed(2)}`.padStart(8)}`.padStart(
        24,
      ),
    );
    console.log(row.name.padEnd(24) + cells.join(''));
  }
}
