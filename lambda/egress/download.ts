/** Step 1 of egress, who asks: downloads code, for the caller or for an import. */

import { EngineError, type RequestErrorCode } from '../contract/errors.ts';
import type { Integrity } from '../contract/execution.ts';
import { allLanguages, type CodeSizeSettings } from '../contract/languages.ts';
import type { HostMatcher } from '../settings/host-patterns.ts';
import type { Purpose } from './audit.ts';
import { sha256Of } from './content-hash.ts';
import { PinnedPath, type Pins } from './pins.ts';
import { EgressFailure } from './policy/failure.ts';
import type { Lifetime } from './policy/lifetime.ts';
import { BODY_TIMEOUT_MS } from './policy/timeouts.ts';
import type { OutboundResponse, Sender } from './request.ts';
import type { Exchange } from './transport/client.ts';
import { acceptEncoding } from './transport/encodings.ts';
import type { HopLimits } from './transport/exchange.ts';

export interface DownloadRequest {
  readonly url: string;
  readonly integrity: Integrity | null;
  readonly runId: string;
  readonly signal: AbortSignal | null;
}

/** What was at a URL. */
export interface Resource {
  /** Final URL, after redirects. */
  readonly url: string;
  /** Shared with later downloads that a cache answers: read-only. */
  readonly bytes: Buffer;
  readonly contentType: string | null;
}

export interface Download extends Resource {
  /** Hex. */
  readonly sha256: string;
}

interface Source {
  readonly url: string;
  readonly runId: string;
  readonly purpose: Exclude<Purpose, 'fetch'>;
  readonly hosts: HostMatcher;
  /** Sends the request, or answers it from a cache. */
  readonly exchange: Exchange;
  /** The caller creates it and disposes of it. */
  readonly lifetime: Lifetime;
  readonly pins: Pins | null;
  readonly limits: Pick<HopLimits, 'maxBytes' | 'meter' | 'arrive' | 'overflow'>;
  /** Called before each hop. @returns why it must not be sent, or `null` */
  admit(): EgressFailure | null;
  /**
   * Judges a hop that the policy allows.
   * @param isPinned the content will be checked
   */
  judge(url: URL, isPinned: boolean): EgressFailure | null;
}

/** Downloads code or a module. @throws {EngineError} as `Egress.download` does */
export type Downloader = (source: Source) => Promise<Resource>;

/** Prefers the languages of the engine, and takes anything: servers know many types for code. */
const accept = [...allLanguages.map(({ contentTypes }) => contentTypes[0]), '*/*;q=0.5'].join(', ');

export function createDownloader(sender: Sender, userAgent: string): Downloader {
  const headers = ['user-agent', userAgent, 'accept', accept, 'accept-encoding', acceptEncoding];
  return async (source) => {
    const { runId, purpose, hosts, exchange, lifetime, limits } = source;
    const url = URL.parse(source.url);
    if (url === null) {
      throw new EngineError('INVALID_REQUEST', `The URL of the ${nouns[purpose]} does not parse.`, {
        details: [{ path: 'url', reason: 'not a URL' }],
      });
    }
    const path = source.pins === null ? null : new PinnedPath(source.pins);
    await path?.begin(url);
    let response: OutboundResponse;
    try {
      response = await sender.send({
        url,
        method: 'GET',
        headers,
        body: null,
        runId,
        purpose,
        hosts,
        redirect: 'follow',
        exchange,
        admit: () => lifetime.failure ?? source.admit(),
        judge(hopUrl) {
          path?.add(hopUrl);
          return source.judge(hopUrl, path?.isPinned ?? false);
        },
        limits: {
          ...limits,
          lifetime,
          maxSilenceMs: BODY_TIMEOUT_MS,
          onSend: () => {},
          use: (status) => (isSuccess(status) ? 'gather' : 'drop'),
        },
      });
    } catch (failure) {
      throw failure instanceof EgressFailure ? toEngineError(failure) : failure;
    }
    if (!isSuccess(response.status)) throw unsuccessful(response, nouns[purpose]);
    await path?.verify(response.body, `downloaded ${nouns[purpose]}`);
    return {
      url: response.url,
      bytes: response.body,
      contentType: response.headers['content-type'] ?? null,
    };
  };
}

const nouns = { code: 'code', import: 'module', 'source-map': 'source map' } as const;

type CodeDownloader = (
  source: Pick<Source, 'url' | 'runId' | 'exchange' | 'lifetime' | 'pins'>,
) => Promise<Download>;

/** Downloads the code of a request: of any language, each with its own cap. */
export function createCodeDownloader(
  download: Downloader,
  hosts: HostMatcher,
  settings: CodeSizeSettings,
): CodeDownloader {
  const maxBytes = Math.max(...allLanguages.map((language) => settings[language.maxBytes]));

  return async (source) => {
    const resource = await download({
      ...source,
      hosts,
      purpose: 'code',
      limits: {
        maxBytes,
        meter: codeMeter(settings),
        arrive: () => null,
        overflow: () => codeTooLarge(maxBytes),
      },
      admit: () => null,
      judge: () => null,
    });
    return { ...resource, sha256: sha256Of(resource.bytes) };
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

const binaryFormats = allLanguages.flatMap((language) =>
  language.format === 'binary'
    ? [{ magic: Buffer.from(language.magic, 'latin1'), maxBytes: language.maxBytes }]
    : [],
);

/**
 * Caps the code at the size of the binary format whose magic number it starts with, as far as that
 * has arrived; else at the size of text.
 */
function codeMeter(settings: CodeSizeSettings): HopLimits['meter'] {
  let possible = binaryFormats;
  return (chunk, total) => {
    const start = total - chunk.length;
    if (start === 0) possible = binaryFormats;
    possible = possible.filter(({ magic }) =>
      chunk
        .subarray(0, Math.max(0, magic.length - start))
        .every((byte, index) => byte === magic[start + index]),
    );
    const sizes = possible.map(({ maxBytes }) => settings[maxBytes]);
    const max = sizes.length === 0 ? settings.maxCodeBytes : Math.max(...sizes);
    return total > max ? codeTooLarge(max) : null;
  };
}

/** @throws {EngineError} CODE_TOO_LARGE for code that is over the cap of its language */
export function checkCodeSize(code: Buffer, settings: CodeSizeSettings): void {
  const failure = codeMeter(settings)(code, code.length);
  if (failure !== null) throw toEngineError(failure);
}

function codeTooLarge(maxBytes: number): EgressFailure {
  return new EgressFailure('too-large', `The code is over the limit of ${maxBytes} bytes.`);
}

const codes: { readonly [kind in EgressFailure['kind']]: RequestErrorCode } = {
  'not-allowed': 'URL_NOT_ALLOWED',
  'too-large': 'CODE_TOO_LARGE',
  timeout: 'DOWNLOAD_TIMEOUT',
  network: 'DOWNLOAD_FAILED',
  aborted: 'DOWNLOAD_FAILED',
  quota: 'DOWNLOAD_FAILED',
  'bad-request': 'DOWNLOAD_FAILED',
};

export function toEngineError(failure: EgressFailure): EngineError {
  return new EngineError(codes[failure.kind], failure.message, {
    details:
      failure.rule === null
        ? { reason: failure.causeCode ?? failure.kind }
        : { rule: failure.rule },
    cause: failure,
  });
}

function unsuccessful({ status }: OutboundResponse, what: string): EngineError {
  return new EngineError(
    'DOWNLOAD_FAILED',
    `The server answered with status ${status} instead of the ${what}; check that the URL is right and public.`,
    { details: { status } },
  );
}
