/** Runs code whose imports come from a table, and records the order in which they are loaded. */

import type { GuestImportRequest, ImportedModule } from '../../../lambda/contract/calls.ts';
import type { CodeType } from '../../../lambda/contract/languages.ts';
import type { GuestError, RunMessage } from '../../../lambda/contract/protocol.ts';
import { linkRun } from '../../../lambda/guest/run-host.ts';
import type { Runtime } from '../../../lambda/guest/runtime/runtime.ts';
import { runMessage } from '../run-message.ts';
import { answeredBy } from './host-calls.ts';
import { importedModule } from './imported-module.ts';
import { javascriptRuntime } from './javascript-runtime.ts';

const MIB = 1024 * 1024;
export const codeUrl = 'https://code.example/app/main.js';

export interface ModuleFile {
  readonly source: string | Uint8Array;
  readonly contentType?: string | null;
  /** Where redirects led to. */
  readonly finalUrl?: string;
  readonly delayMs?: number;
}

/** Modules by URL; URLs that begin with `/` are on the host of the code. */
export type ModuleFiles = { readonly [url: string]: string | ModuleFile };

export interface SandboxRun {
  /** What the code has turned out to be. */
  readonly codeType: CodeType | undefined;
  readonly status: 'success' | 'error';
  readonly result: unknown;
  readonly error: GuestError | null;
  readonly stdout: string;
  /** URLs of modules, in the order in which they were asked for. */
  readonly downloads: readonly string[];
}

export async function runCode(
  code: string,
  files: ModuleFiles = {},
  message: Partial<RunMessage> = {},
  runtime: Promise<Runtime> = javascriptRuntime(),
): Promise<SandboxRun> {
  const { execute } = await runtime;
  const table = new Map(
    Object.entries(files).map(([url, file]) => [new URL(url, codeUrl).href, file]),
  );
  const downloads: string[] = [];
  let stdout = '';
  const run = { ...plainRun, ...message };
  const linked = linkRun(run, (sent, body) => {
    if (sent.type === 'output') stdout += Buffer.from(body ?? []).toString();
  });
  const importModule = async ({ url }: GuestImportRequest): Promise<ImportedModule> => {
    downloads.push(url);
    const file = table.get(url);
    if (file === undefined) {
      return { ok: false, code: 'DOWNLOAD_FAILED', message: 'the server answered 404', rule: null };
    }
    const {
      source,
      contentType = null,
      finalUrl,
      delayMs,
    } = typeof file === 'string' ? { source: file } : file;
    if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return importedModule(new URL(finalUrl ?? url, codeUrl).href, contentType, source);
  };
  const { outcome, codeType } = await execute(run, Buffer.from(code), {
    ...linked.host,
    call: answeredBy({ import: importModule }),
  });
  linked.close();
  return outcome.status === 'success'
    ? {
        codeType,
        status: 'success',
        result: JSON.parse(outcome.resultJson),
        error: null,
        stdout,
        downloads,
      }
    : { codeType, status: 'error', result: null, error: outcome.error, stdout, downloads };
}

const plainRun = runMessage('javascript', {
  url: codeUrl,
  limits: {
    timeoutMs: 20_000,
    cpuMs: 20_000,
    memoryBytes: 256 * MIB,
    maxLogEntries: 100,
    maxFilesBytes: MIB,
  },
});

export const plainLimits = plainRun.limits;
