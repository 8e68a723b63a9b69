/** What the operator sets, read once from the environment when the process starts. */
export interface Settings {
  /** Wall time of one run where the request asks for none. */
  readonly timeoutMs: number;
  /** The most wall time that a request may ask for. */
  readonly maxTimeoutMs: number;
  /** CPU time of one run; `null`: as much as its wall time. */
  readonly cpuMs: number | null;
  readonly memoryMb: number;
  readonly maxMemoryMb: number;
  readonly maxCodeBytes: number;
  readonly maxWasmBytes: number;
  readonly downloadTimeoutMs: number;
  readonly maxOutputBytes: number;
  readonly maxLogEntries: number;
  readonly maxResultBytes: number;
  readonly maxRequestBytes: number;
  readonly maxFilesBytes: number;
  /** Host patterns, as the operator wrote them. */
  readonly codeAllowedHosts: readonly string[];
  readonly fetchAllowedHosts: readonly string[];
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  readonly fetch: FetchQuota;
  readonly sandboxes: number;
  readonly scriptLogGroup: string | null;
}

/** What one run's `fetch` calls may use together. */
export interface FetchQuota {
  readonly maxRequests: number;
  readonly maxConcurrent: number;
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
  readonly maxTotalBytes: number;
  readonly timeoutMs: number;
}
