/**
 * Gates at which scripts wait for the test: one that fetches a gate gets its answer when the test opens
 * it. So both know where the other is, however slow the machine.
 */

import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface Gates {
  readonly origin: string;
  /** @returns the URL that a script fetches to wait at the gate of this name */
  url(name: string | number): string;
  /** Whether a script has come to the gate. */
  isReached(name: string | number): boolean;
  /** Waits until a script has come to the gate. */
  reached(name: string | number): Promise<void>;
  /** Lets through who waits, and who comes later. */
  open(name: string | number): void;
  close(): Promise<void>;
}

interface Gate {
  readonly reached: PromiseWithResolvers<void>;
  readonly waiting: ServerResponse[];
  isReached: boolean;
  isOpen: boolean;
}

/** Starts their server, whose origin the engine has to trust. */
export async function startGates(): Promise<Gates> {
  const gates = new Map<string, Gate>();
  const gateOf = (name: string | number): Gate => {
    const key = String(name);
    const gate = gates.get(key) ?? {
      reached: Promise.withResolvers<void>(),
      waiting: [],
      isReached: false,
      isOpen: false,
    };
    gates.set(key, gate);
    return gate;
  };
  const server = createServer((request, response) => {
    const gate = gateOf(request.url?.slice(1) ?? '');
    gate.isReached = true;
    gate.reached.resolve();
    if (gate.isOpen) response.end();
    else gate.waiting.push(response);
  });
  const { port, close } = await listenOnLoopback(server);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: (name) => `${origin}/${name}`,
    isReached: (name) => gateOf(name).isReached,
    reached: (name) => gateOf(name).reached.promise,
    open(name) {
      const gate = gateOf(name);
      gate.isOpen = true;
      for (const response of gate.waiting.splice(0)) response.end();
    },
    close,
  };
}
