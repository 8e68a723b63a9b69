/**
 * Packages that people use run here unchanged, through `POST /execute`: each five times, in turns with
 * others and all in one sandbox. From the second run on, code starts from a memory image.
 */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../../support/engine-process.ts';
import { sandboxesOf } from '../../support/processes.ts';
import { type LibraryServer, startLibraryServer } from '../../support/servers/library-server.ts';
import { libraryUses } from './libraries.ts';

let engine: EngineProcess;
let server: LibraryServer;
let sandboxes: readonly number[];

beforeAll(async () => {
  server = await startLibraryServer();
  engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: server.origin, ENGINE_SANDBOXES: '1' });
  await engine.execute({ url: server.serve('1') });
  sandboxes = sandboxesOf(engine.pid);
});

afterAll(async () => {
  await engine.stop();
  await server.close();
});

const TURNS = 5;
/** So many programs take turns, that the images of all are kept. */
const PROGRAMS_IN_TURN = 10;

const turns = libraryUses.flatMap((_, start) =>
  start % PROGRAMS_IN_TURN === 0
    ? Array.from({ length: TURNS }, (_, turn) => ({
        turn: turn + 1,
        uses: libraryUses.slice(start, start + PROGRAMS_IN_TURN),
      }))
    : [],
);

describe.each(turns)('in turn $turn, a program works that uses', ({ uses }) => {
  test.each(uses.map((use) => [use.name, use] as const))(
    '%s',
    async (_, { imports, program, result }) => {
      const { text } = await engine.execute({
        url: server.serve(program),
        imports: Object.fromEntries(
          Object.entries(imports).map(([specifier, path]) => [specifier, server.origin + path]),
        ),
        limits: { timeoutMs: 20_000 },
      });
      expect(JSON.parse(text)).toMatchObject({ error: null, stderr: '', result });
    },
  );
});

test('all of them ran in the same sandbox', () => {
  expect(sandboxesOf(engine.pid)).toEqual(sandboxes);
});
