/** Arguments are texts, but those of components: only their functions have types that JSON fits. */

import { EngineError, type Json } from '../contract/errors.ts';

/** Bytes 6 and 7 of a WebAssembly binary: 0 in a core module, 1 in a component. */
const COMPONENT_LAYER = 1;
const MAX_COMPLAINTS = 20;

/** @throws {EngineError} INVALID_REQUEST, with `details` as a list of path and reason */
export function checkArguments(
  args: readonly Json[],
  code: { readonly codeType: string; readonly bytes: Uint8Array },
): void {
  if (code.codeType === 'wasm' && code.bytes[6] === COMPONENT_LAYER) return;
  const details = args.flatMap((arg, at) =>
    typeof arg === 'string'
      ? []
      : [{ path: `args.${at}`, reason: 'must be a string: only components take other JSON' }],
  );
  const [first] = details;
  if (!first) return;
  const more = details.length > 1 ? ' (and more: see details)' : '';
  throw new EngineError('INVALID_REQUEST', `${first.path}: ${first.reason}${more}`, {
    details: details.slice(0, MAX_COMPLAINTS),
  });
}
