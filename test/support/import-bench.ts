/** Two servers, of the code and of a library, and engines that may import from both. */

import { afterAll, expect } from '@jest/globals';
import { startEngine } from './engine-process.ts';
import type { ExecuteBody } from './served-engine.ts';
import { type FixtureServer, startFixtureServer } from './servers/fixture-server.ts';

/** Serves code, and has it run. @param request fields besides `url`, or another `url` */
type RunCode = (code: string, request?: object) => Promise<Answer>;

/** A response, and where the code was; its parts are checked by what a test expects of them. */
type Answer = ExecuteBody & {
  readonly url: string;
  readonly error: { readonly details: { readonly [name: string]: unknown } };
};

interface ImportBench {
  /** Serves the code. */
  readonly home: FixtureServer;
  /** Another origin. */
  readonly library: FixtureServer;
  /** Starts an engine, and stops it after the tests. @param settings `ENGINE_…` variables */
  engineWith(settings?: { readonly [name: string]: string }): Promise<RunCode>;
  /** Serves a module of the library. @returns its URL */
  serve(code: string | Uint8Array, headers?: { readonly [name: string]: string }): string;
  /** @returns a URL beside the code that redirects */
  redirect(location: string): string;
  /** The same URL, with the host by another name. */
  named(url: string): string;
}

export async function importBench(): Promise<ImportBench> {
  const home = await startFixtureServer();
  const library = await startFixtureServer();
  const named = (url: string): string => url.replace('127.0.0.1', 'localhost');
  afterAll(async () => {
    await home.close();
    await library.close();
  });
  return {
    home,
    library,
    named,
    serve: (code, headers = {}) => library.serve(code, { extension: '.mjs', headers }),
    redirect: (location) =>
      home.answer((_, response) => response.writeHead(302, { location }).end()),
    async engineWith(settings = {}) {
      const engine = await startEngine({
        ENGINE_SANDBOXES: '1',
        ENGINE_TRUSTED_ORIGINS: [home.origin, library.origin, named(library.origin)].join(),
        ...settings,
      });
      afterAll(() => engine.stop());
      return async (code, request = {}) => {
        const url = home.serve(code, { extension: '.mjs' });
        const { text } = await engine.execute({ url, ...request });
        return { url, ...JSON.parse(text) };
      };
    },
  };
}

/** What the answer is where an import failed. @param details of the error, some of them */
export function importFailed(details: object) {
  return expect.objectContaining({
    status: 'error',
    error: expect.objectContaining({
      code: 'IMPORT_FAILED',
      details: expect.objectContaining(details),
    }),
  });
}
