/** Signals end the run under way first, so that what it has printed is shown, and then the command. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface Interruptions {
  /**
   * @param work is told by the signal when it is to end
   * @returns what the work returns, unless a signal has come: the process dies of that
   */
  during<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** Listens for as long as the process lives: a signal that comes while nobody listens would be lost. */
export function watchInterruptions(): Interruptions {
  let underWay: AbortController | null = null;
  let received: NodeJS.Signals | null = null;
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (underWay === null || received !== null) dieOf(name);
      received = name;
      underWay.abort(new Error(name));
    });
  }
  return {
    async during(work) {
      underWay = new AbortController();
      try {
        return await work(underWay.signal);
      } finally {
        underWay = null;
        if (received !== null) dieOf(received);
      }
    },
  };
}

/** Shells stop a loop around a program that has ended by the signal, not by an exit code. */
function dieOf(signal: NodeJS.Signals): never {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
