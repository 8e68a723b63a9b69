/** `MessageEvent`. */

import { toDictionary, toDomString } from '../core/webidl/conversion.ts';
import { invalidArgument } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { Event } from '../events/event.ts';

type Fields = readonly [
  data: unknown,
  origin: string,
  lastEventId: string,
  source: unknown,
  ports: readonly unknown[],
];

export class MessageEvent extends Event {
  #fields: Fields;

  constructor(...args: [type?: unknown, options?: unknown]) {
    super(...args);
    const init = toDictionary(args[1], 'eventInitDict');
    this.#fields = fieldsOf(
      init.data,
      init.origin,
      init.lastEventId,
      init.source,
      init.ports ?? [],
    );
  }

  get data(): unknown {
    return this.#fields[0];
  }
  get origin(): string {
    return this.#fields[1];
  }
  get lastEventId(): string {
    return this.#fields[2];
  }
  get source(): unknown {
    return this.#fields[3];
  }
  get ports(): readonly unknown[] {
    return this.#fields[4];
  }
  initMessageEvent(
    type: unknown,
    bubbles?: unknown,
    cancelable?: unknown,
    data?: unknown,
    origin?: unknown,
    lastEventId?: unknown,
    source?: unknown,
    ports: unknown = [],
  ): void {
    this.#fields = fieldsOf(data, origin, lastEventId, source, ports);
    this.initEvent(type, bubbles, cancelable);
  }
}
defineInterface(MessageEvent, 'MessageEvent', {
  required: { constructor: ['type'], initMessageEvent: ['type'] },
});

function fieldsOf(
  data: unknown,
  origin: unknown,
  lastEventId: unknown,
  source: unknown,
  ports: unknown,
): Fields {
  if (typeof ports !== 'object' || ports === null || !(Symbol.iterator in ports)) {
    throw invalidArgument('eventInitDict.ports', 'an iterable', ports);
  }
  return [
    data ?? null,
    origin === undefined ? '' : toDomString(origin).toWellFormed(),
    lastEventId === undefined ? '' : toDomString(lastEventId),
    source ?? null,
    Object.freeze([...(ports as Iterable<unknown>)]),
  ];
}
