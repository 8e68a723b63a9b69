/** The event loop of a guest, turned by the host. */

import { type Conclusion, decodePoll } from '../bridge/poll.ts';
import { RunFailure } from '../errors/run-failure.ts';
import { GuestThrow } from '../machine/guest-throw.ts';
import { exceeding, type GuestRun, isOver } from './guest-run.ts';

/**
 * Runs jobs, tasks and timers until the run has failed, or nothing is pending any more.
 * @throws {GuestThrow} where nobody handles a rejection, or a timer throws
 * @throws {RunFailure} where the time is over
 */
export async function turnEventLoop(run: GuestRun): Promise<Conclusion> {
  const { realm, services, host, message } = run;
  for (;;) {
    realm.runJobs();
    if (realm.rejections.size > 0) {
      reportRejections(run);
      continue;
    }
    const settlement = services.take();
    if (typeof settlement === 'function') {
      settlement();
      continue;
    }
    if (settlement !== undefined) {
      realm.enter('settle', settlement.id, settlement.json, settlement.bytes);
      continue;
    }
    const { maxResultBytes } = message.limits;
    const polled = realm.enter('poll', services.pending() > 0, maxResultBytes);
    const state = decodePoll(realm.text(polled));
    if (state.kind === 'timer') realm.enter('fireTimer');
    else if (state.kind !== 'wait') return state;
    else await services.wait(Math.min(state.ms, host.timeLeftMs()));
    if (isOver(run)) throw new RunFailure(exceeding(run, run.exceeded ?? 'timeoutMs'));
  }
}

/** @throws {GuestThrow} for the first rejection that no listener of the guest's takes for handled */
function reportRejections({ realm }: GuestRun): void {
  for (const [key, { promise, reason }] of [...realm.rejections]) {
    const isPrevented = realm.text(realm.enter('reportRejection', promise, reason)) === 'true';
    // A listener may have handled it, or another one.
    if (!isPrevented && realm.rejections.has(key)) throw new GuestThrow(reason);
    realm.rejections.delete(key);
  }
}
