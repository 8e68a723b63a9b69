import { expect, test } from '@jest/globals';
import type { Downloader } from '../../lambda/egress/download.ts';
import { ModuleLoader, type ModuleServices } from '../../lambda/egress/module-loader.ts';
import { EgressFailure } from '../../lambda/egress/policy/failure.ts';
import { RunScope } from '../../lambda/egress/scope.ts';

const { signal } = new AbortController();
const ofBytes =
  (length: number): Downloader =>
  async ({ url }) => ({ url, bytes: new Uint8Array(length), contentType: null, sha256: '' });

function loaderOf(download: Downloader, services: Partial<ModuleServices> = {}) {
  const scope = new RunScope();
  const loader = new ModuleLoader('run', 'partition', scope, {
    download,
    moduleExchange: () => () => Promise.reject(new Error('nothing is sent')),
    maxModuleBytes: 1_000_000,
    importTimeoutMs: 60_000,
    ...services,
  });
  return { loader, scope };
}

test('a module is downloaded as an import of the run, through the cache of its partition', async () => {
  const partitions: string[] = [];
  const sources: unknown[] = [];
  const { loader } = loaderOf(
    (source) => {
      sources.push(source);
      return ofBytes(3)(source);
    },
    {
      moduleExchange(partition) {
        partitions.push(partition);
        return () => Promise.reject(new Error('nothing is sent'));
      },
    },
  );
  expect((await loader.load('https://a/', signal)).bytes.length).toBe(3);
  expect(sources).toMatchObject([
    { url: 'https://a/', purpose: 'import', runId: 'run', integrity: null },
  ]);
  expect(partitions).toEqual(['partition']);
});

test('the modules of a run are limited in their bytes together', async () => {
  const { loader } = loaderOf(ofBytes(40), { maxModuleBytes: 100 });
  await loader.load('https://a/', signal);
  await loader.load('https://b/', signal);
  await expect(loader.load('https://c/', signal)).rejects.toMatchObject({
    code: 'CODE_TOO_LARGE',
  });
});

test('the modules of a run are limited in number, failed ones included', async () => {
  const { loader } = loaderOf(() => Promise.reject(new EgressFailure('network', 'no')));
  for (let module = 0; module < 1000; module++) {
    await expect(loader.load('https://a/', signal)).rejects.toMatchObject({ kind: 'network' });
  }
  await expect(loader.load('https://a/', signal)).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringContaining('1000 modules'),
  });
});

test('a run loads eight modules at a time', async () => {
  const open: (() => void)[] = [];
  const { loader } = loaderOf(async (source) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return ofBytes(1)(source);
  });
  const loads = Array.from({ length: 20 }, (_, n) => loader.load(`https://a/${n}`, signal));
  let loaded = 0;
  while (loaded < 20) {
    // Whatever can begin has begun by the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(open.length).toBe(Math.min(8, 20 - loaded));
    loaded += open.length;
    for (const resolve of open.splice(0)) resolve();
  }
  expect((await Promise.all(loads)).length).toBe(20);
});
