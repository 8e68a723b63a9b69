/** An engine process, and a server whose code it may load: what tests over HTTP begin with. */

import { afterAll } from '@jest/globals';
import { responseSchema } from '../../lambda/api/response.ts';
import {
  createClient,
  type ExecuteRequest,
  ScriptEngineError,
} from '../../lambda/client/client.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { wat } from './guest/wat.ts';
import { type FixtureServer, startFixtureServer } from './servers/fixture-server.ts';

/** A body that keeps to the schema which callers see. */
export type ExecuteBody = ReturnType<ReturnType<typeof responseSchema>['parse']>;

export interface ServedEngine {
  readonly engine: EngineProcess;
  readonly fixtures: FixtureServer;
  /** Sends a request. @returns the response, checked, with its status code as `http` */
  execute(request: object | string): Promise<ExecuteBody & { readonly http: number }>;
  /** Serves JavaScript, and has it run. @param request fields besides `url` */
  runScript(script: string, request?: object): ReturnType<ServedEngine['execute']>;
  /** Serves WebAssembly, given in the text format or as bytes, and has it run. */
  runModule(code: string | Uint8Array, request?: object): ReturnType<ServedEngine['execute']>;
}

/**
 * Starts both, and stops them after the tests of the file that calls this.
 * @param settings `ENGINE_…` variables
 * @param trusted origins besides that of the code
 */
export async function startServedEngine(
  settings: { readonly [name: string]: string } = {},
  trusted: readonly string[] = [],
): Promise<ServedEngine> {
  const fixtures = await startFixtureServer();
  const origins = [fixtures.origin, ...trusted].join();
  const engine = await startEngine({
    ENGINE_TRUSTED_ORIGINS: origins,
    // A busy machine may take longer than the defaults for what is done in an instant.
    ENGINE_TIMEOUT_MS: '15000',
    ENGINE_DOWNLOAD_TIMEOUT_MS: '25000',
    ...settings,
  });
  afterAll(async () => {
    await engine.stop();
    await fixtures.close();
  });

  const client = createClient({ endpoint: engine.origin, retry: false });

  async function execute(request: object | string) {
    // What is no object no client sends.
    if (typeof request === 'string') {
      const { status, text } = await engine.execute(request);
      return { http: status, ...responseSchema().parse(JSON.parse(text)) };
    }
    try {
      // It may be one that does not fit.
      const response = await client.execute(request as ExecuteRequest);
      return { http: 200, ...responseSchema().parse(response) };
    } catch (error) {
      if (!(error instanceof ScriptEngineError) || error.response === null) throw error;
      return { http: error.status, ...responseSchema().parse(error.response) };
    }
  }

  return {
    engine,
    fixtures,
    execute,
    runScript: (script, request = {}) =>
      execute({ url: fixtures.serve(script, { extension: '.js' }), ...request }),
    runModule(code, request = {}) {
      const bytes = typeof code === 'string' ? wat(code) : code;
      return execute({ url: fixtures.serve(bytes, { extension: '.wasm' }), ...request });
    },
  };
}
