/**
 * The bridge to the sandbox process as the prelude sees it. All of `prelude/` runs inside QuickJS:
 * it has ECMAScript and this interface, and nothing of Node.js.
 */

/** A value that crosses the bridge, as the guest sees it. */
export type HostValue = undefined | null | boolean | number | string | ArrayBuffer;

/** An operation that the sandbox process completes later. */
export interface HostTask {
  readonly id: number;
  /** `[json, bytes]`. It never rejects: an operation puts its errors into the JSON. */
  readonly promise: Promise<readonly [string, ArrayBuffer]>;
}

export interface Host {
  /** Calls a synchronous operation (`url.parse`). Throws the error that the host names. */
  call(operation: string, ...args: HostValue[]): HostValue;
  /** Starts an asynchronous operation (`fetch`). A started task keeps the run alive. */
  start(operation: string, json: string, bytes: ArrayBuffer): HostTask;
  /** Gives up a started task: its promise never settles, the run no longer waits for it. */
  cancel(task: HostTask): void;
}

/** What each room of the prelude needs to install its globals. */
export interface Prelude {
  readonly global: typeof globalThis & Record<string, unknown>;
  readonly host: Host;
  /** Defines globals as the web platform does: writable, configurable, not enumerable for classes. */
  define(names: Record<string, unknown>, options?: { enumerable?: boolean }): void;
}
