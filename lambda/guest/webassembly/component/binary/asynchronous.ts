/** What only WASI 0.3 has, as one refusal for all of it. */

import { UnsupportedModule } from '../../module/limits.ts';

export function rejectAsynchronous(what: string): never {
  throw new UnsupportedModule(
    `The component uses ${what}, of WASI 0.3 (the asynchronous component model); this engine runs components of WASI 0.2: build it for wasm32-wasip2.`,
  );
}
