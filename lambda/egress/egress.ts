/** The egress layer: every byte that leaves the function on behalf of a caller or a guest. */
import type { FetchQuota } from '../engine/settings.ts';
import type { GuestFetchError, GuestFetchRequest, GuestFetchResponse } from '../sandbox/protocol.ts';

export interface EgressOptions {
  readonly codeAllowedHosts: readonly string[];
  readonly fetchAllowedHosts: readonly string[];
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
  readonly downloadTimeoutMs: number;
  // plus: DNS resolver, extra CA and clock for tests; onRequest: (record: EgressRecord) => void for the log
}

export interface DownloadRequest {
  readonly url: string;
  readonly integrity: string | null;
  readonly runId: string;
  readonly signal: AbortSignal | null;
}

export interface Download {
  /** Final URL, after redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  /** Hex. */
  readonly sha256: string;
}

export interface FetchSessionOptions {
  readonly runId: string;
  readonly quota: FetchQuota;
  /** The request's own `limits.fetch.allowedHosts`: narrows the operator's; `null`: no narrowing. */
  readonly allowedHosts: readonly string[] | null;
}

/** The outbound requests of one run. */
export interface FetchSession {
  /** Never rejects. */
  fetch(request: GuestFetchRequest, body: Uint8Array, signal: AbortSignal): Promise<
    | { readonly ok: true; readonly response: GuestFetchResponse; readonly body: Uint8Array }
    | { readonly ok: false; readonly error: GuestFetchError }
  >;
  /** Loads an ES module for an `import`: under the *code* host list and download limits. Never rejects. */
  importModule(url: string, signal: AbortSignal): Promise<
    | { readonly ok: true; readonly url: string; readonly contentType: string | null; readonly source: Uint8Array }
    | { readonly ok: false; readonly code: string; readonly message: string }
  >;
  readonly counts: { readonly requests: number; readonly bytesSent: number; readonly bytesReceived: number };
  /** Aborts what is under way; nothing of the session is left afterwards. */
  close(): void;
}

export interface Egress {
  /** @throws {EngineError} URL_NOT_ALLOWED, CODE_TOO_LARGE, INTEGRITY_MISMATCH, DOWNLOAD_FAILED, DOWNLOAD_TIMEOUT */
  download(request: DownloadRequest): Promise<Download>;
  openSession(options: FetchSessionOptions): FetchSession;
  close(): Promise<void>;
}
