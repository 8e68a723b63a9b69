/** `BroadcastChannel`, among the channels of one run. */

import { cloneMessage } from '../core/clone.ts';
import { DOMException } from '../core/dom-exception.ts';
import { toDomString } from '../core/webidl/conversion.ts';
import { requireArguments } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { defineEventHandler, EventTarget, fire } from '../events/event-target.ts';
import { MessageEvent } from './message-event.ts';

type Task = (callback: () => void) => void;

let runTask: Task = () => {};
/** Those that are open. */
const channels = new Set<BroadcastChannel>();

class BroadcastChannel extends EventTarget {
  readonly #name: string;

  constructor(...args: [name?: unknown]) {
    requireArguments(args, ['name']);
    super();
    this.#name = toDomString(args[0]);
    channels.add(this);
  }

  get name(): string {
    return this.#name;
  }

  postMessage(message: unknown): void {
    const name = this.#name;
    if (!channels.has(this)) {
      throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    }
    // Checked even where nobody listens.
    let { copy } = cloneMessage(message, []);
    for (const channel of channels) {
      if (channel === this || channel.#name !== name) continue;
      const data = copy;
      runTask(() => {
        if (channels.has(channel)) fire(channel, new MessageEvent('message', { data }));
      });
      ({ copy } = cloneMessage(message, []));
    }
  }

  close(): void {
    this.#name;
    channels.delete(this);
  }

  // As in Node.js. A channel does not keep a run alive: only a message that is under way does.
  ref(): this {
    this.#name;
    return this;
  }
  unref(): this {
    this.#name;
    return this;
  }
}
for (const type of ['message', 'messageerror'])
  defineEventHandler(BroadcastChannel.prototype, type);
defineInterface(BroadcastChannel, 'BroadcastChannel', {
  required: { constructor: ['name'], postMessage: ['message'] },
});

/** @param task runs a task of the event loop */
export function installBroadcastChannel(
  define: (names: Record<string, unknown>) => void,
  task: Task,
): void {
  runTask = task;
  define({ BroadcastChannel });
}
