/**
 * How the realm (JavaScript inside QuickJS) calls the sandbox process: synchronous operations by
 * name, with primitives and bytes as arguments and results. An operation keeps no state between
 * calls: the guest keeps it and passes it. An operation must accept any argument.
 */

/** A value that crosses the bridge. A `Uint8Array` of the host is an `ArrayBuffer` in the guest. */
export type BridgeValue = undefined | null | boolean | number | string | Uint8Array;

/** An operation, on the host's side. It may throw a {@link BridgeError}; any other exception is a defect. */
export type BridgeOperation = (...args: BridgeValue[]) => BridgeValue;

/** Operations by name, such as `url.parse`. */
export type BridgeOperations = { readonly [name: string]: BridgeOperation };

/**
 * A failure that the script sees. The prelude makes an error of the class with that name where the
 * language has one (`TypeError`, `RangeError`, …), else a `DOMException` with that name.
 */
export class BridgeError extends Error {
  readonly code: string;

  /** @param code where the error of Node.js has one */
  constructor(name: string, message: string, code = '') {
    super(message);
    this.name = name;
    this.code = code;
  }
}
