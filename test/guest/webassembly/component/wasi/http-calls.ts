/** Calls of `wasi:http` as a component makes them. */

import { expect } from '@jest/globals';
import type { GuestFetchResult } from '../../../../../lambda/contract/calls.ts';
import type {
  HostResource,
  HostValue,
} from '../../../../../lambda/guest/webassembly/component/host.ts';
import { Wasi2Host, type Wasi2Options } from '../../../../support/guest/wasi2-host.ts';

export const bytes = (content: string) => Buffer.from(content);

/** A host, and calls by their short names. */
export function open(options: Wasi2Options = {}) {
  const host = new Wasi2Host(options);
  const call = (name: string, ...args: HostValue[]) =>
    host.call(`wasi:http/types#${name}`, ...args);
  const make = (name: string, ...args: HostValue[]) =>
    host.resource(`wasi:http/types#${name}`, ...args);
  const poll = (name: string, self: HostResource) =>
    host.call(`wasi:io/poll#[method]${name}`, self);
  /** A request with these headers, set up by its methods. */
  const request = async (
    set: { readonly [name: string]: HostValue } = {},
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<HostResource> => {
    const list = headers.map(([name, value]) => [name, bytes(value)]);
    const made = await make(
      '[constructor]outgoing-request',
      await make('[static]fields.from-list', list),
    );
    for (const [name, value] of Object.entries({ authority: 'example.com', ...set })) {
      expect([name, await call(`[method]outgoing-request.set-${name}`, made, value)]).toEqual([
        name,
        undefined,
      ]);
    }
    return made;
  };
  const handle = (made: HostResource, requestOptions?: HostResource) =>
    host.call('wasi:http/outgoing-handler#handle', made, requestOptions);
  /** Waits for the response. */
  const settled = async (future: HostResource) => {
    await poll('pollable.block', await make('[method]future-incoming-response.subscribe', future));
    return call('[method]future-incoming-response.get', future);
  };
  return { host, call, make, poll, request, handle, settled };
}

/** Lets what is under way go on. */
export const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** A response whose body is still to be read, by that number. */
export const begun = (
  rest: number,
  headers: readonly (readonly [string, string])[] = [],
): GuestFetchResult => ({
  ok: true,
  response: { status: 200, statusText: '', url: '', redirected: false, headers },
  body: bytes(''),
  rest,
});

export const answer = (
  status: number,
  headers: readonly (readonly [string, string])[] = [],
  body = '',
): GuestFetchResult => ({
  ok: true,
  response: { status, statusText: '', url: 'https://example.com/', redirected: false, headers },
  body: bytes(body),
  rest: null,
});
