import type { GuestError } from '../../../contract/protocol.ts';

/** Ends a run with an error that the host found, rather than one that the guest threw. */
export class RunFailure extends Error {
  readonly error: GuestError;

  constructor(error: GuestError) {
    super(error.message);
    this.error = error;
  }
}
