/**
 * The prelude's view of the bridge to the sandbox process. Everything under `prelude/` runs inside
 * QuickJS: no Node.js API is there, only ECMAScript and this interface.
 */

/** What crosses the bridge, as the guest sees it. */
export type HostValue = undefined | null | boolean | number | string | ArrayBuffer;

/** An operation that the sandbox process completes later. */
export interface HostTask {
  readonly id: number;
  /** `[json, bytes]`; rejects with the error that the host named. */
  readonly promise: Promise<readonly [string, ArrayBuffer]>;
}

export interface Host {
  /** Calls a synchronous operation (`url.parse`); throws what the host named. */
  call(operation: string, ...args: HostValue[]): HostValue;
  /** Starts an asynchronous operation (`fetch`). A started task keeps the run alive. */
  start(operation: string, json: string, bytes: ArrayBuffer): HostTask;
  /** Gives up a started task: its promise never settles, the run no longer waits for it. */
  cancel(task: HostTask): void;
}

/** What each area of the prelude gets to install its globals. */
export interface Prelude {
  readonly global: typeof globalThis & Record<string, unknown>;
  readonly host: Host;
  /** Defines globals as the web platform does: writable, configurable, not enumerable for classes. */
  define(names: Record<string, unknown>, options?: { enumerable?: boolean }): void;
}
