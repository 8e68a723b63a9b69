/** One run as it stands: what the parts that drive it share. */

import { type LimitName, limitError } from '../../../contract/limit-error.ts';
import type { GuestError, RunMessage } from '../../../contract/protocol.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import type { CodeImages } from '../code/code-images.ts';
import type { EntrySource, KeptSources } from '../code/kept-sources.ts';
import type { GuestModules } from '../guest-modules.ts';
import type { GuestServices } from '../guest-services.ts';
import type { Realm } from '../machine/realm.ts';

export interface GuestRun {
  /** Both are others where the code turns out to be TypeScript. */
  message: RunMessage;
  entry: EntrySource;
  readonly images: CodeImages;
  readonly sources: KeptSources;
  readonly realm: Realm;
  readonly services: GuestServices;
  readonly host: RunHost;
  /** Made when first needed: most scripts import nothing. */
  modules: GuestModules | null;
  /** The limit that ended the run: a guest can catch its interruption, but the run fails all the same. */
  exceeded: LimitName | null;
  /** QuickJS compiles the script itself: a syntax error is the script's own. */
  parsing: boolean;
}

/** Whether the run has used up its time; remembers which limit it was. */
export function isOver(run: GuestRun): boolean {
  if (run.host.timeLeftMs() <= 0) run.exceeded = 'timeoutMs';
  else if (run.host.cpuLeftMs() <= 0) run.exceeded = 'cpuMs';
  return run.exceeded !== null;
}

/** The error of a run that exceeds a limit. */
export function exceeding({ message, host, realm }: GuestRun, limit: LimitName): GuestError {
  const { limits } = message;
  const used = {
    timeoutMs: limits.timeoutMs - host.timeLeftMs(),
    cpuMs: limits.cpuMs - host.cpuLeftMs(),
    memoryMb: realm.heapBytes() / 2 ** 20,
    stack: 0,
  };
  return limitError(limit, limits, used[limit]);
}
