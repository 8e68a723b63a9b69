/**
 * How host functions end a run from inside a guest's call.
 *
 * An ordinary exception could be caught by the guest (`catch_all` of the exceptions proposal, as
 * C++ and Go cleanups use) and the run would go on after `proc_exit`. What a real trap throws is
 * marked uncatchable by V8, so the host ends runs with such an object.
 */

export type Halt =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly name: string; readonly code: number }
  | { readonly kind: 'trap'; readonly message: string }
  | { readonly kind: 'timeout' };

/** `(module (func (export "trap") unreachable))` */
const trapModule = new WebAssembly.Module(
  Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x07, 0x08, 0x01, 0x04, 0x74, 0x72, 0x61, 0x70, 0x00, 0x00],
    ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
  ),
);
const { trap } = new WebAssembly.Instance(trapModule).exports;

const halts = new WeakMap<object, Halt>();

/** Ends the run; the guest cannot catch it. */
export function halt(reason: Halt): never {
  let thrown: unknown = reason;
  try {
    if (typeof trap === 'function') trap();
  } catch (error) {
    thrown = error;
  }
  if (typeof thrown === 'object' && thrown !== null) halts.set(thrown, reason);
  throw thrown;
}

/** Why the host ended the run, where `thrown` is its doing. */
export function haltOf(thrown: unknown): Halt | null {
  return typeof thrown === 'object' && thrown !== null ? (halts.get(thrown) ?? null) : null;
}
