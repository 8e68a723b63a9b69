/** Step 1 of egress, who asks: downloads code, for the caller or for an import. */

import { hash } from 'node:crypto';
import { EngineError, type RequestErrorCode } from '../contract/errors.ts';
import { allLanguages, type CodeSizeSettings } from '../contract/languages.ts';
import type { HostMatcher } from '../settings/host-patterns.ts';
import type { Purpose } from './audit.ts';
import { parseIntegrity } from './integrity.ts';
import { EgressFailure } from './policy/failure.ts';
import type { Lifetime } from './policy/lifetime.ts';
import type { OutboundResponse, Sender } from './request.ts';
import type { Exchange } from './transport/client.ts';
import { acceptEncoding } from './transport/decompress.ts';
import type { HopLimits } from './transport/exchange.ts';

export interface DownloadRequest {
  readonly url: string;
  readonly integrity: string | null;
  readonly runId: string;
  readonly signal: AbortSignal | null;
}

export interface Download {
  /** Final URL, after redirects. */
  readonly url: string;
  /** Shared with later downloads that a cache answers: read-only. */
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** Hex. */
  readonly sha256: string;
}

interface CodeSource {
  readonly url: string;
  readonly integrity: string | null;
  readonly runId: string;
  readonly purpose: Extract<Purpose, 'code' | 'import'>;
  /** Sends the request, or answers it from a cache. */
  readonly exchange: Exchange;
  /** The caller creates it and disposes of it. */
  readonly lifetime: Lifetime;
}

export interface DownloaderOptions extends CodeSizeSettings {
  readonly sender: Sender;
  readonly userAgent: string;
  readonly hosts: HostMatcher;
}

/** Prefers the languages of the engine, and takes anything: servers know many types for code. */
const accept = [...allLanguages.map(({ contentTypes }) => contentTypes[0]), '*/*;q=0.5'].join(', ');

/** Downloads code. @throws {EngineError} as `Egress.download` does */
export type Downloader = (source: CodeSource) => Promise<Download>;

export function createDownloader(options: DownloaderOptions): Downloader {
  const hashes = new WeakMap<Buffer, string>();
  const sha256Of = (bytes: Buffer): string => {
    // A cache hit is the very same buffer.
    const sha256 = hashes.get(bytes) ?? hash('sha256', bytes, 'hex');
    hashes.set(bytes, sha256);
    return sha256;
  };

  const headers = [
    'user-agent',
    options.userAgent,
    'accept',
    accept,
    'accept-encoding',
    acceptEncoding,
  ];
  const maxBytes = Math.max(...allLanguages.map((language) => options[language.maxBytes]));

  return async (source) => {
    const url = URL.parse(source.url);
    if (url === null) {
      throw new EngineError('INVALID_REQUEST', 'The URL of the code does not parse.', {
        details: [{ path: 'url', reason: 'not a URL' }],
      });
    }
    const integrity = source.integrity === null ? null : await parseIntegrity(source.integrity);
    let response: OutboundResponse;
    try {
      response = await options.sender.send({
        url,
        method: 'GET',
        headers,
        body: null,
        runId: source.runId,
        purpose: source.purpose,
        hosts: options.hosts,
        redirect: 'follow',
        exchange: source.exchange,
        admit: () => source.lifetime.failure,
        limits: {
          lifetime: source.lifetime,
          maxBytes,
          onSend: () => {},
          keepsBody: isSuccess,
          meter: codeMeter(options),
          overflow: () => codeTooLarge(maxBytes),
        },
      });
    } catch (failure) {
      throw failure instanceof EgressFailure ? toEngineError(failure) : failure;
    }
    if (!isSuccess(response.status)) throw unsuccessful(response);
    integrity?.verify(response.body);
    return {
      url: response.url,
      bytes: response.body,
      contentType: response.headers['content-type'] ?? null,
      sha256: sha256Of(response.body),
    };
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

function unsuccessful(response: OutboundResponse): EngineError {
  const { status } = response;
  return new EngineError(
    'DOWNLOAD_FAILED',
    `The server answered with status ${status} instead of the code; check that the URL is right and public.`,
    { details: { status } },
  );
}
