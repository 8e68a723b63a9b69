import { expect, test } from '@jest/globals';
import { type Downloader, toEngineError } from '../../lambda/egress/download.ts';
import {
  ModuleLoader,
  type ModuleServices,
  type RunRequests,
} from '../../lambda/egress/module-loader.ts';
import { EgressFailure } from '../../lambda/egress/policy/failure.ts';
import { QuotaAccount } from '../../lambda/egress/quota.ts';
import { RunScope } from '../../lambda/egress/scope.ts';
import { Turnstile } from '../../lambda/egress/turnstile.ts';
import { quota } from '../support/servers/egress.ts';

const { signal } = new AbortController();
const nothingIsSent = () => Promise.reject(new Error('nothing is sent'));

/** Downloads so many bytes, as far as its limits let it. */
const ofBytes =
  (length: number): Downloader =>
  async ({ url, admit, limits }) => {
    const failure = admit() ?? limits.arrive(length) ?? limits.meter(Buffer.alloc(length), length);
    if (failure !== null) throw toEngineError(failure);
    return { url, bytes: Buffer.alloc(length), contentType: null };
  };

const requests: RunRequests = {
  account: new QuotaAccount(quota),
  hosts: [],
  turnstile: new Turnstile(1),
  timeoutMs: 60_000,
  exchange: nothingIsSent,
};

function loaderOf(download: Downloader, services: Partial<ModuleServices> = {}) {
  const options = {
    codeUrl: 'https://a/',
    allowedHosts: null,
    maxModules: 1000,
    dynamic: true,
    map: null,
    pins: null,
    unpinned: false,
  };
  const loader = new ModuleLoader('run', 'partition', new RunScope(), options, requests, {
    download,
    moduleExchange: () => nothingIsSent,
    codeHosts: () => true,
    maxModuleBytes: 1_000_000,
    maxTotalModuleBytes: 1_000_000,
    importTimeoutMs: 60_000,
    ...services,
  });
  return { load: (url: string) => loader.load({ url, computed: false }, signal) };
}

test('a module is downloaded as an import of the run, through the cache of its partition', async () => {
  const partitions: string[] = [];
  const sources: unknown[] = [];
  const { load } = loaderOf(
    (source) => {
      sources.push(source);
      return ofBytes(3)(source);
    },
    {
      moduleExchange(partition) {
        partitions.push(partition);
        return nothingIsSent;
      },
    },
  );
  expect((await load('https://a/')).bytes.length).toBe(3);
  expect(sources).toMatchObject([
    { url: 'https://a/', purpose: 'import', runId: 'run', pins: null },
  ]);
  expect(partitions).toEqual(['partition']);
});

test('the modules of a run are limited in their bytes together', async () => {
  const { load } = loaderOf(ofBytes(40), { maxTotalModuleBytes: 100 });
  await load('https://a/');
  await load('https://b/');
  await expect(load('https://c/')).rejects.toMatchObject({
    code: 'CODE_TOO_LARGE',
  });
});

test('the modules of a run are limited in number, failed ones included', async () => {
  const { load } = loaderOf(() => Promise.reject(new EgressFailure('network', 'no')));
  for (let module = 0; module < 1000; module++) {
    await expect(load('https://a/')).rejects.toMatchObject({ kind: 'network' });
  }
  await expect(load('https://a/')).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringContaining('1000 modules'),
  });
});

test('a run loads eight modules at a time', async () => {
  const open: (() => void)[] = [];
  const { load } = loaderOf(async (source) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return ofBytes(1)(source);
  });
  const loads = Array.from({ length: 20 }, (_, n) => load(`https://a/${n}`));
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
