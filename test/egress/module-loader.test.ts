import { describe, expect, test } from '@jest/globals';
import { type Downloader, toEngineError } from '../../lambda/egress/download.ts';
import type { ImportOptions } from '../../lambda/egress/import-rules.ts';
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

function loaderOf(
  download: Downloader,
  services: Partial<ModuleServices> = {},
  rules: Partial<ImportOptions> = {},
) {
  const options = {
    codeUrl: 'https://a/',
    allowedHosts: null,
    maxModules: 1000,
    dynamic: true,
    map: null,
    pins: null,
    unpinned: false,
    inlineModules: new Map(),
    ...rules,
  };
  const loader = new ModuleLoader('run', 'partition', new RunScope(), options, requests, {
    download,
    moduleExchange: () => nothingIsSent,
    codeHosts: () => true,
    inlineCode: true,
    maxModuleBytes: 1_000_000,
    maxTotalModuleBytes: 1_000_000,
    importTimeoutMs: 60_000,
    ...services,
  });
  return {
    load: (url: string, computed = false) => loader.load({ url, computed }, signal),
  };
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

describe('a data: URL', () => {
  const downloader: Downloader = () => Promise.reject(new Error('nothing is sent'));

  test.each<readonly [what: string, url: string, text: string, contentType: string]>([
    [
      'holds a module',
      'data:text/javascript,export default 5',
      'export default 5',
      'text/javascript',
    ],
    [
      'percent-encoded',
      'data:text/javascript;charset=utf-8,%22%C3%A4%22%2',
      '"ä"%2',
      'text/javascript;charset=utf-8',
    ],
    ['or base64', 'data:application/json;base64,eyJhIjoxfQ%3D%3D', '{"a":1}', 'application/json'],
    ['of any kind', 'DATA:,1#2', '1', ''],
  ])('%s', async (_, url, text, contentType) => {
    const { bytes, ...resource } = await loaderOf(downloader).load(url);
    expect(bytes.toString()).toBe(text);
    expect(resource).toEqual({ url, contentType });
  });

  test('is rejected where it is none, or too long', async () => {
    for (const url of ['data:text/javascript', 'data:;base64,a', 'data:;base64,ab-_']) {
      await expect(loaderOf(downloader).load(url)).rejects.toMatchObject({
        code: 'DOWNLOAD_FAILED',
      });
    }
    const { load } = loaderOf(downloader, { maxModuleBytes: 3 });
    await expect(load('data:,1234')).rejects.toMatchObject({ code: 'CODE_TOO_LARGE' });
  });

  test('is rejected where code comes from certain hosts only', async () => {
    const { load } = loaderOf(downloader, { inlineCode: false });
    await expect(load('data:,1')).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
  });

  test('is held to the rule of computed imports where it is one, and to no list of hosts', async () => {
    const { load } = loaderOf(downloader, {}, { dynamic: false, allowedHosts: [], map: {} });
    await expect(load('data:,1', true)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
    expect((await load('data:,1')).bytes.toString()).toBe('1');
  });
});
