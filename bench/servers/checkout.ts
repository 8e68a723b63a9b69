/** The bundle of any checkout behind the local server of this one, so that only the bundle differs. */

import { fileURLToPath } from 'node:url';
import type { LambdaHandler } from '../../lambda/api/pipeline.ts';
import { startServer } from '../../lambda/local/server.ts';

/** What every `dist/handler.mjs` exports. */
interface Bundle {
  readonly handler: LambdaHandler;
  close(): Promise<void>;
}

process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
const bundle = new URL('dist/handler.mjs', process.env.BENCH_CHECKOUT);
const { handler, close } = (await import(bundle.href)) as Bundle;
const server = await startServer({
  port: 0,
  examplesFolder: fileURLToPath(new URL('../../examples', import.meta.url)),
  loadHandler: async () => handler,
});
process.send?.({ origin: server.origin });
for (const event of ['SIGTERM', 'disconnect']) {
  process.once(event, () => {
    void server
      .close()
      .then(close)
      .then(() => process.exit(0));
  });
}
