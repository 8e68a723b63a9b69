import { readFileSync } from 'node:fs';

const folder = new URL('../../guest/webassembly/component/fixtures/', import.meta.url);

/** A component of the tests, compiled from its text in `fixtures/texts.ts`. */
export function component(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.wasm`, folder)));
}
