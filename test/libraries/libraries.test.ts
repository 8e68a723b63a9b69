/** Packages that people use run here unchanged, through `POST /execute`. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { type LibraryServer, startLibraryServer } from '../support/servers/library-server.ts';
import { libraryUses } from './libraries.ts';

let engine: EngineProcess;
let server: LibraryServer;

beforeAll(async () => {
  server = await startLibraryServer();
  engine = await startEngine({ ENGINE_TRUSTED_ORIGINS: server.origin });
});

afterAll(async () => {
  await engine.stop();
  await server.close();
});

describe('a program works that uses', () => {
  test.each(libraryUses.map((use) => [use.name, use] as const))(
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
