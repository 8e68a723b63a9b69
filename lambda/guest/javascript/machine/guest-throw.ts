import type { QuickJSHandle } from 'quickjs-emscripten-core';

/** What the guest threw. */
export class GuestThrow {
  readonly handle: QuickJSHandle;
  constructor(handle: QuickJSHandle) {
    this.handle = handle;
  }
}
