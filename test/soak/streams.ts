/**
 * `npm run streams`: one long stream through the local server and through the function as Lambda runs
 * it, under a runtime of the tests and, where test/support/lambda/runtime-client.sh has built it, AWS's
 * own. Fails where a line is lost, where the last event is no `end`, and where the sender's memory grows.
 *
 *     npm run streams                                    60 seconds and 50 MB
 *     npm run streams -- --seconds 600 --megabytes 90    longer ones; ENGINE_MAX_STREAM_BYTES bounds them
 */

import { parseArgs } from 'node:util';
import { startEngine } from '../support/engine-process.ts';
import type { Format } from '../support/event-reader.ts';
import { createImage, startEnvironment } from '../support/lambda/environment.ts';
import { executeEvent } from '../support/lambda/event.ts';
import { runtimeClientFiles } from '../support/lambda/runtime-client.ts';
import {
  type LongStream,
  longStream,
  type MeasuredStream,
  measureStream,
} from '../support/long-stream.ts';

/** What the second half of a stream may add to the memory of its sender. */
const MAX_GROWN_MB = 20;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    megabytes: { type: 'string', default: '50' },
  },
});
const stream: LongStream = {
  seconds: Number(values.seconds),
  megabytes: Number(values.megabytes),
};
const format: Format = 'application/x-ndjson';
const accept = { accept: format };
/** More than the run may take. */
const timeoutMs = stream.seconds * 1000 + 90_000;

async function throughLocalServer(): Promise<MeasuredStream> {
  const engine = await startEngine({ ENGINE_SANDBOXES: '1' });
  try {
    const { body } = await fetch(`${engine.origin}/execute`, {
      method: 'POST',
      headers: { ...accept, 'content-type': 'application/json' },
      body: JSON.stringify(longStream(stream)),
    });
    if (body === null) throw new Error('The answer has no body');
    return await measureStream(stream, body, format, engine.pid);
  } finally {
    await engine.stop();
  }
}

/** @param runtimeFiles what Lambda has in `/var/runtime`, when it is not to be that of the tests */
async function throughFunction(runtimeFiles?: readonly string[]): Promise<MeasuredStream> {
  const image = await createImage(new URL('../../dist', import.meta.url).pathname, runtimeFiles);
  const environment = await startEnvironment(image, { _HANDLER: 'stream.handler' });
  try {
    const event = executeEvent(longStream(stream));
    const headers = { ...event.headers, ...accept };
    const reply = await environment.invoke({ ...event, headers }, { timeoutMs });
    if (reply.kind !== 'stream') throw new Error(`This is no stream: ${JSON.stringify(reply)}`);
    return await measureStream(stream, reply.body, format, environment.processes()[0] ?? 0);
  } finally {
    await environment.shutDown();
    await image.remove();
  }
}

const ways: Readonly<Record<string, () => Promise<MeasuredStream>>> = {
  'local server': throughLocalServer,
  'function, runtime of the tests': () => throughFunction(),
  ...(runtimeClientFiles !== null && {
    "function, AWS's runtime client": () => throughFunction(runtimeClientFiles ?? undefined),
  }),
};
for (const [name, run] of Object.entries(ways)) {
  const measured = await run();
  const { seconds, bodyMb, lost, last, error, firstMb, peakMb, grownMb } = measured;
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${bodyMb.toFixed(1)} MB, ${lost} lines lost, last event ${last}, ` +
      `memory ${firstMb.toFixed(0)} MB, at most ${peakMb.toFixed(0)} MB, grown by ${grownMb.toFixed(1)} MB in the second half`,
  );
  if (lost > 0 || last !== 'end' || error !== null || grownMb > MAX_GROWN_MB) {
    console.error(`${name} failed`, measured);
    process.exitCode = 1;
  }
}
