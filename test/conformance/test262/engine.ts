/** The engine's realm, without a sandbox process around it. */

import { linkRun } from '../../../lambda/guest/run-host.ts';
import { answeredBy } from '../../support/guest/host-calls.ts';
import { importedModule } from '../../support/guest/imported-module.ts';
import { javascriptRuntime } from '../../support/guest/javascript-runtime.ts';
import { runMessage } from '../../support/run-message.ts';
import type { Ending, Program } from './program.ts';

const TIMEOUT_MS = 30_000;

export async function runInEngine({ source, url, fileAt }: Program): Promise<Ending> {
  const { execute } = await javascriptRuntime();
  let output = '';
  const limits = { timeoutMs: TIMEOUT_MS, cpuMs: TIMEOUT_MS };
  const message = runMessage('javascript', { url, limits });
  const linked = linkRun(message, (sent, body) => {
    if (sent.type === 'output') output += Buffer.from(body ?? []).toString();
  });
  const { outcome } = await execute(message, Buffer.from(source), {
    ...linked.host,
    call: answeredBy({
      import: async ({ url: wanted }) => {
        const text = fileAt(wanted);
        if (text === undefined) {
          return { ok: false, code: 'DOWNLOAD_FAILED', message: 'not found', rule: null };
        }
        return importedModule(wanted, null, text);
      },
    }),
  });
  linked.close();
  const error =
    outcome.status === 'success' ? null : `${outcome.error.name}: ${outcome.error.message}`;
  return { output, error };
}
