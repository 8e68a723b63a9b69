/** What goes over the wire. `npm run packages` makes this file from the OpenAPI document. */

/**
 * Code to run, and how.
 */
export interface ExecuteRequest {
  /**
   * http: or https: URL of the code to run, without user name and password.
   */
  url?: string;
  /**
   * The code itself, in place of `url`: its text, or, as WebAssembly is, its bytes in base64. Its URL is `inline:///main.js` (or `.wasm`).
   */
  code?:
    | string
    | {
        base64: string;
      };
  /**
   * With `code`: texts of modules that it and they import by relative path, each at `inline:///` and its path.
   */
  modules?: {
    [k: string]: string;
  };
  /**
   * The language of the code, where its content, content type and extension do not show it.
   */
  type?: 'javascript' | 'typescript' | 'wasm';
  /**
   * JavaScript: the global `input`. WebAssembly: its JSON text is on stdin where `stdin` is absent.
   */
  input?: unknown;
  /**
   * In place of `input`: the code is run once for each, and `results` of the response has what each run came to.
   *
   * @minItems 1
   * @maxItems 1000
   */
  inputs?: unknown[];
  /**
   * JavaScript: the global `args`. WASI: the arguments after the program name. A WebAssembly `entrypoint`: its parameters, converted as the export declares them. Strings; for the functions of WebAssembly components, any JSON that fits their types.
   */
  args?: unknown[];
  /**
   * JavaScript: the global `env`. WASI: the environment variables.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * JavaScript: the global `stdin`. WASI: what the program reads from stdin.
   */
  stdin?: string;
  /**
   * Files by path, in memory. JavaScript: the global `files`. WASI: under the one preopened directory `/`. A path that ends in `/` is an empty directory.
   */
  files?: {
    [k: string]:
      | string
      | {
          base64: string;
        };
  };
  /**
   * Files whose contents the response is to have; paths as in `files`. The folders on the way to them exist. Those that do not exist after the run are in `metadata.missingOutputs`.
   *
   * @maxItems 64
   */
  outputs?: string[];
  /**
   * JavaScript: the URL that each bare specifier of an import stands for, as in an import map; where both end in `/`, the URL that specifiers so beginning start with.
   */
  imports?: {
    [k: string]: string;
  };
  /**
   * WebAssembly: the export to call. JavaScript: the export of a module, or the function that a script declares; called with `input` if it is a function.
   */
  entrypoint?: string;
  /**
   * Subresource-Integrity value that the code must match; of several, separated by spaces, one of the strongest kind. As an object: the values of the code and of modules by their URLs.
   */
  integrity?:
    | string
    | {
        [k: string]: string;
      };
  /**
   * With `integrity`: modules of other origins than the code's may be imported without a value of their own.
   */
  unpinned?: boolean;
  /**
   * Limits of this run; each may only be tighter than what the operator set.
   */
  limits?: {
    /**
     * Wall time of the run in milliseconds, with its requests and the downloads of its imports, but not with the download of the code; 5000 if absent.
     */
    timeoutMs?: number;
    /**
     * CPU time of the run in milliseconds, waiting and downloads left out; as much as its wall time if absent.
     */
    cpuMs?: number;
    /**
     * Memory of the guest in MiB; 128 if absent.
     */
    memoryMb?: number;
    /**
     * Limits of the requests that the guest sends.
     */
    fetch?: {
      /**
       * Requests that the run may send, redirects included.
       */
      maxRequests?: number;
      /**
       * Size of one request body.
       */
      maxRequestBytes?: number;
      /**
       * Size of one response body after decompression.
       */
      maxResponseBytes?: number;
      /**
       * Time for one request in milliseconds.
       */
      timeoutMs?: number;
      /**
       * Hosts that the run may reach, of those that the operator allows; an empty list: none.
       */
      allowedHosts?: string[];
    };
    /**
     * Limits of the modules that JavaScript imports.
     */
    imports?: {
      /**
       * Hosts that modules may come from, of those that the operator allows for code; an empty list: none.
       */
      allowedHosts?: string[];
      /**
       * Modules that the run may load, the code itself not counted.
       */
      maxModules?: number;
      /**
       * Whether the run may import what does not stand in the code as a literal; true if absent.
       */
      dynamic?: boolean;
    };
  };
}

/**
 * What the run did. Every field is always there, `results` apart.
 */
export interface ExecuteResponse {
  status: 'success' | 'error';
  /**
   * The result of the run; null where there is none.
   */
  result: unknown;
  /**
   * Only where the request has `inputs` and its code was there to be run: what the run of each input came to, in their order. `result`, `stdout`, `stderr`, `logs` and `files` beside it are empty.
   */
  results?: {
    status: 'success' | 'error';
    result: unknown;
    stdout: string;
    stderr: string;
    /**
     * What the guest gave to `app_log`.
     */
    logs: {
      level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
      message: string;
      timestamp: string;
      /**
       * The third argument of `app_log`, `{}` without one; null where it was too large.
       */
      fields: unknown;
    }[];
    error: {
      code:
        | 'SYNTAX_ERROR'
        | 'RUNTIME_ERROR'
        | 'WASM_INVALID'
        | 'WASM_LINK_ERROR'
        | 'WASM_TRAP'
        | 'ENTRYPOINT_NOT_FOUND'
        | 'NON_ZERO_EXIT'
        | 'IMPORT_FAILED'
        | 'TIMEOUT'
        | 'CPU_LIMIT'
        | 'MEMORY_LIMIT'
        | 'STACK_OVERFLOW'
        | 'RESULT_NOT_SERIALIZABLE'
        | 'RESULT_TOO_LARGE'
        | 'SANDBOX_CRASHED'
        | 'BATCH_FAILED'
        | 'NOT_RUN'
        | 'INVALID_REQUEST'
        | 'FORBIDDEN'
        | 'URL_NOT_ALLOWED'
        | 'CODE_NOT_ALLOWED'
        | 'REQUEST_TOO_LARGE'
        | 'CODE_TOO_LARGE'
        | 'UNSUPPORTED_CODE'
        | 'INTEGRITY_MISMATCH'
        | 'DOWNLOAD_FAILED'
        | 'DOWNLOAD_TIMEOUT'
        | 'OVERLOADED'
        | 'NOT_FOUND'
        | 'METHOD_NOT_ALLOWED'
        | 'UNSUPPORTED_MEDIA_TYPE'
        | 'INTERNAL_ERROR';
      /**
       * The guest's error name, such as `TypeError`.
       */
      name: string;
      message: string;
      /**
       * Frames of the guest only, with the script's own line numbers.
       */
      stack: string | null;
      /**
       * More about the error, by code. BATCH_FAILED: how many runs `succeeded` and `failed`. INVALID_REQUEST: a list of `path` and `reason`. DOWNLOAD_FAILED: the `status` of the answer, if there was one.
       */
      details: unknown;
    } | null;
    /**
     * Wall time of the run; of many, from the start of the first to the end of the last.
     */
    executionTimeMs: number | null;
    cpuTimeMs: number | null;
    memoryPeakBytes: number | null;
    fetch: {
      requests: number;
      bytesSent: number;
      bytesReceived: number;
    };
    /**
     * What was cut, as it was larger than its limit or than a response.
     */
    truncated: {
      stdout: boolean;
      stderr: boolean;
      logs: boolean;
      files: boolean;
      error: boolean;
    };
    /**
     * Only where the request has `outputs`: those that the run left.
     */
    files?: {
      /**
       * Absolute.
       */
      path: string;
      /**
       * In bytes.
       */
      size: number;
      /**
       * Only of files that `outputs` asks for: the text, or, where it is not UTF-8, the bytes in base64. Never a part of it: absent where it is over the limit, which `metadata.truncated.files` shows.
       */
      content?:
        | string
        | {
            base64: string;
          };
    }[];
  }[];
  stdout: string;
  stderr: string;
  /**
   * What the guest gave to `app_log`.
   */
  logs: {
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
    message: string;
    timestamp: string;
    /**
     * The third argument of `app_log`, `{}` without one; null where it was too large.
     */
    fields: unknown;
  }[];
  /**
   * Files that the run has made or changed, and those that `outputs` asks for, by path; empty where nothing ran to an end.
   */
  files: {
    /**
     * Absolute.
     */
    path: string;
    /**
     * In bytes.
     */
    size: number;
    /**
     * Only of files that `outputs` asks for: the text, or, where it is not UTF-8, the bytes in base64. Never a part of it: absent where it is over the limit, which `metadata.truncated.files` shows.
     */
    content?:
      | string
      | {
          base64: string;
        };
  }[];
  error: {
    code:
      | 'SYNTAX_ERROR'
      | 'RUNTIME_ERROR'
      | 'WASM_INVALID'
      | 'WASM_LINK_ERROR'
      | 'WASM_TRAP'
      | 'ENTRYPOINT_NOT_FOUND'
      | 'NON_ZERO_EXIT'
      | 'IMPORT_FAILED'
      | 'TIMEOUT'
      | 'CPU_LIMIT'
      | 'MEMORY_LIMIT'
      | 'STACK_OVERFLOW'
      | 'RESULT_NOT_SERIALIZABLE'
      | 'RESULT_TOO_LARGE'
      | 'SANDBOX_CRASHED'
      | 'BATCH_FAILED'
      | 'NOT_RUN'
      | 'INVALID_REQUEST'
      | 'FORBIDDEN'
      | 'URL_NOT_ALLOWED'
      | 'CODE_NOT_ALLOWED'
      | 'REQUEST_TOO_LARGE'
      | 'CODE_TOO_LARGE'
      | 'UNSUPPORTED_CODE'
      | 'INTEGRITY_MISMATCH'
      | 'DOWNLOAD_FAILED'
      | 'DOWNLOAD_TIMEOUT'
      | 'OVERLOADED'
      | 'NOT_FOUND'
      | 'METHOD_NOT_ALLOWED'
      | 'UNSUPPORTED_MEDIA_TYPE'
      | 'INTERNAL_ERROR';
    /**
     * The guest's error name, such as `TypeError`.
     */
    name: string;
    message: string;
    /**
     * Frames of the guest only, with the script's own line numbers.
     */
    stack: string | null;
    /**
     * More about the error, by code. BATCH_FAILED: how many runs `succeeded` and `failed`. INVALID_REQUEST: a list of `path` and `reason`. DOWNLOAD_FAILED: the `status` of the answer, if there was one.
     */
    details: unknown;
  } | null;
  /**
   * Null is what could not be measured.
   */
  metadata: {
    requestId: string;
    /**
     * Final URL of the code, after redirects.
     */
    url: string | null;
    codeType: ('javascript' | 'typescript' | 'wasm') | null;
    /**
     * What showed the language of the code.
     */
    detectedBy: ('content' | 'content-type' | 'extension' | 'hint' | 'default') | null;
    /**
     * When the request began; null where API Gateway itself answers.
     */
    timestamp: string | null;
    /**
     * Wall time of the run; of many, from the start of the first to the end of the last.
     */
    executionTimeMs: number | null;
    downloadTimeMs: number | null;
    cpuTimeMs: number | null;
    memoryPeakBytes: number | null;
    /**
     * Size of the code, after decompression.
     */
    resourceSizeBytes: number | null;
    /**
     * Hash of the code.
     */
    sha256: string | null;
    /**
     * Exit code of a WASI program, as a shell shows it: 0 to 255.
     */
    exitCode: number | null;
    fetch: {
      requests: number;
      bytesSent: number;
      bytesReceived: number;
    };
    /**
     * Imports of modules: requests with their redirects, bytes after decompression, time while at least one was under way. Those whose URL does not stand in the code are in `fetch` as well.
     */
    imports: {
      requests: number;
      bytesReceived: number;
      timeMs: number;
    };
    /**
     * Paths of `outputs` at which the run left no file; absolute.
     */
    missingOutputs: string[];
    /**
     * What was cut, as it was larger than its limit or than a response.
     */
    truncated: {
      stdout: boolean;
      stderr: boolean;
      logs: boolean;
      files: boolean;
      error: boolean;
    };
  };
}
