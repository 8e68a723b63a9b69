/**
 * How the realm (JavaScript inside QuickJS) reaches the sandbox process: synchronous operations
 * by name, with primitives and bytes as arguments and results. Whatever state an operation
 * needs lives in the guest or in the call; operations must tolerate any argument.
 */

/** What crosses the bridge. `Uint8Array` on the host's side is an `ArrayBuffer` in the guest. */
export type BridgeValue = undefined | null | boolean | number | string | Uint8Array;

/** One operation, on the host's side. May throw a {@link BridgeError}; anything else it throws is a defect. */
export type BridgeOperation = (...args: BridgeValue[]) => BridgeValue;

/** Operations by name, such as `url.parse`. */
export type BridgeOperations = { readonly [name: string]: BridgeOperation };

/**
 * A failure that the guest is to see. The prelude turns it into the error class of that name where
 * the language has one (`TypeError`, `RangeError`, …), else into a `DOMException` of that name.
 */
export class BridgeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
