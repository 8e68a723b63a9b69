/**
 * What guests can ask of the host, answered later. A new function of this kind is a row in
 * {@link HostCalls} and one in {@link hostCalls}, who serves it (`engine/`), and who calls it.
 */

/** By name: the request, and the result, whose bytes are its `body` where it has any. */
export interface HostCalls {
  readonly fetch: { readonly request: GuestFetchRequest; readonly result: GuestFetchResult };
  readonly fetchRead: { readonly request: BodyReadRequest; readonly result: BodyReadResult };
  readonly fetchCancel: { readonly request: BodyCancelRequest; readonly result: Done };
  readonly fetchSend: { readonly request: UploadRequest; readonly result: Done | FetchFailed };
  readonly import: { readonly request: GuestImportRequest; readonly result: ImportedModule };
  readonly sourceMap: { readonly request: SourceMapRequest; readonly result: LoadedSourceMap };
}

export type CallName = keyof HostCalls;
export type CallRequest<Name extends CallName = CallName> = HostCalls[Name]['request'];
export type CallResult<Name extends CallName = CallName> = HostCalls[Name]['result'];
/** A result without its bytes, which travel beside it. */
export type CallReply = WithoutBody<CallResult>;

type WithoutBody<Result> = Result extends unknown ? Omit<Result, 'body'> : never;

interface HostCall<Name extends CallName> {
  /** Whether scripts may start it by a task of the bridge, rather than the sandbox process for them. */
  readonly isTask: boolean;
  /** Whether a value has the shape of a request, and no more in it than a message may have. */
  isRequest(value: unknown): value is CallRequest<Name>;
  /** The result of a call that never reaches the host. */
  failed(kind: 'aborted' | 'bad-request', message: string): CallResult<Name>;
}

export const hostCalls: { readonly [Name in CallName]: HostCall<Name> } = {
  fetch: {
    isTask: true,
    isRequest: isFetchRequest,
    failed: failedFetch,
  },
  fetchRead: {
    isTask: true,
    isRequest: isReadRequest,
    failed: failedFetch,
  },
  fetchCancel: {
    isTask: true,
    isRequest: isCancelRequest,
    failed: () => ({ ok: true }),
  },
  fetchSend: {
    isTask: true,
    isRequest: isUploadRequest,
    failed: failedFetch,
  },
  import: {
    isTask: false,
    isRequest: isImportRequest,
    failed: (kind, message) => ({
      ok: false,
      code: kind === 'aborted' ? 'ABORTED' : 'URL_NOT_ALLOWED',
      message,
      rule: null,
    }),
  },
  sourceMap: {
    isTask: false,
    isRequest: isSourceMapRequest,
    failed: () => ({ ok: false }),
  },
};

export const callNames = Object.keys(hostCalls) as readonly CallName[];

/** Name and value pairs in order; names may repeat. */
export type Fields = readonly (readonly [string, string])[];

/** A request of the guest's `fetch`. The host checks it once more before anything is sent. */
export interface GuestFetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Fields;
  /** Whether the frame's body is a request body (an empty body is one too). */
  readonly hasBody: boolean;
  readonly redirect: 'follow' | 'error' | 'manual';
  /** The guest's own limit; the host applies the smaller of this and its quota. */
  readonly timeoutMs: number | null;
  /** The reply waits for all of the response's body; else it comes with the headers. */
  readonly whole: boolean;
  /** The number under which the guest sends the request's body piece by piece; `null`: no such body. */
  readonly upload: number | null;
}

export interface GuestFetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Fields;
  /** Final URL, after redirects. */
  readonly url: string;
  readonly redirected: boolean;
}

/** Why a guest's `fetch` failed: a kind both guests map to their own errors, and a message to show. */
export interface GuestFetchError {
  readonly kind:
    | 'bad-request'
    | 'not-allowed'
    | 'network'
    | 'timeout'
    | 'too-large'
    | 'quota'
    | 'aborted';
  readonly message: string;
  /**
   * Node.js or undici code behind a network failure (`ECONNREFUSED`), where there is one; of a quota,
   * `maxRequestBytes` where it is that.
   */
  readonly causeCode: string | null;
}

export interface FetchFailed {
  readonly ok: false;
  readonly error: GuestFetchError;
}

interface Done {
  readonly ok: true;
}

/** The result of a guest's `fetch`. */
export type GuestFetchResult =
  | {
      readonly ok: true;
      readonly response: GuestFetchResponse;
      /** All of the response's body; empty where it is still to be read. */
      readonly body: Uint8Array;
      /** The number under which the body is to be read; `null` where `body` is all of it. */
      readonly rest: number | null;
      /** What came behind the body, where that is all there; absent where nothing did. */
      readonly trailers?: Fields;
    }
  | FetchFailed;

/** Reads on in the body of a response: one read at a time. To abort the call ends the request. */
export interface BodyReadRequest {
  readonly rest: number;
  /** All that is left, rather than what is there. */
  readonly whole: boolean;
}

export type BodyReadResult =
  | {
      readonly ok: true;
      /** Not empty, unless the body has ended. */
      readonly body: Uint8Array;
      /** The body has ended behind these bytes. */
      readonly ended: boolean;
      /** What came behind it; absent where nothing did. */
      readonly trailers?: Fields;
    }
  | FetchFailed;

/** Ends the request whose response has this body. */
export interface BodyCancelRequest {
  readonly rest: number;
}

/** A piece of a request's body: the frame's body. Answered when the host can take another one. */
export interface UploadRequest {
  readonly upload: number;
  /** The body ends behind this piece. */
  readonly last: boolean;
}

/** A module to load. */
export interface GuestImportRequest {
  /** Absolute, after the import map. */
  readonly url: string;
  /** The run chose the URL: it does not stand in the text of the code, or of what that text names. */
  readonly computed: boolean;
}

/** Why a module was not loaded. */
export interface ImportFailed {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  /** The rule of the policy that refused it, `quota` for a quota; `null` where none did. */
  readonly rule: string | null;
}

/** The result of loading a module. */
export type ImportedModule =
  | {
      readonly ok: true;
      /** Final URL, after redirects. */
      readonly url: string;
      readonly contentType: string | null;
      /** Of the source: hex SHA-256, and the number of its bytes. */
      readonly sha256: string;
      readonly bytes: number;
      /** The source; empty where the sandbox has reported that it keeps it (`DoneMessage.kept`). */
      readonly body: Uint8Array;
    }
  | ImportFailed;

/** The source map that a code names, for the stack of an error: asked for once the run has failed. */
export interface SourceMapRequest {
  readonly url: string;
}

/** Why there is none is nobody's concern. */
export type LoadedSourceMap =
  | { readonly ok: true; readonly body: Uint8Array }
  | { readonly ok: false };

/** What all maps of a run may take together, which is not time of the run. */
export const SOURCE_MAPS_TIMEOUT_MS = 1500;
export const MAX_SOURCE_MAP_BYTES: number = 8 * 1024 * 1024;
/** Maps of one run. */
export const MAX_SOURCE_MAPS = 4;

/** Header fields of one request; servers accept far fewer. */
const MAX_HEADERS = 10_000;
/** Of URL, method and headers together, in UTF-16 units; the host's own limits are below. */
const MAX_REQUEST_LENGTH = 1024 * 1024;

const redirects: ReadonlySet<unknown> = new Set(['follow', 'error', 'manual']);

function isFetchRequest(value: unknown): value is GuestFetchRequest {
  const { url, method, headers, hasBody, redirect } = fieldsOf(value);
  const { timeoutMs, whole, upload } = fieldsOf(value);
  if (!isText(url) || !isText(method) || !Array.isArray(headers)) return false;
  if (headers.length > MAX_HEADERS || !headers.every(isPair)) return false;
  const length = headers.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  return (
    url.length + method.length + length <= MAX_REQUEST_LENGTH &&
    typeof hasBody === 'boolean' &&
    redirects.has(redirect) &&
    (timeoutMs === null || (typeof timeoutMs === 'number' && timeoutMs >= 0)) &&
    typeof whole === 'boolean' &&
    (upload === null || isNumber(upload))
  );
}

function isReadRequest(value: unknown): value is BodyReadRequest {
  const { rest, whole } = fieldsOf(value);
  return isNumber(rest) && typeof whole === 'boolean';
}

function isCancelRequest(value: unknown): value is BodyCancelRequest {
  return isNumber(fieldsOf(value).rest);
}

function isUploadRequest(value: unknown): value is UploadRequest {
  const { upload, last } = fieldsOf(value);
  return isNumber(upload) && typeof last === 'boolean';
}

function failedFetch(kind: 'aborted' | 'bad-request', message: string): FetchFailed {
  return { ok: false, error: { kind, message, causeCode: null } };
}

function isImportRequest(value: unknown): value is GuestImportRequest {
  const { url, computed } = fieldsOf(value);
  return isText(url) && url.length <= MAX_REQUEST_LENGTH && typeof computed === 'boolean';
}

function isSourceMapRequest(value: unknown): value is SourceMapRequest {
  const { url } = fieldsOf(value);
  return isText(url) && url.length <= MAX_REQUEST_LENGTH;
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(isText);
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function fieldsOf(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
