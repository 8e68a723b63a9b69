/** Step 4 of egress, the connection: resolves host names. */

import { Resolver as DnsClient, lookup } from 'node:dns/promises';

/** One address of a name. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a host name to all of its addresses; rejects as `node:dns` does where it has none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * Asks the system, `/etc/hosts` included. Not for names that a guest may choose: each look-up occupies
 * one of libuv's four threads, and a few slow name servers would block all of them.
 */
export const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/**
 * Asks DNS for IPv4 and IPv6 addresses, without occupying a thread.
 * @param servers addresses and ports of name servers; where absent, those of the system
 */
export function createDnsResolver(servers?: readonly string[]): Resolver {
  const client = new DnsClient({ timeout: 1_000, tries: 2 });
  if (servers !== undefined) client.setServers(servers);
  return async (hostname) => {
    const [ipv4, ipv6] = await Promise.allSettled([
      client.resolve4(hostname),
      client.resolve6(hostname),
    ]);
    const addresses: ResolvedAddress[] = [];
    for (const address of addressesOf(ipv4)) addresses.push({ address, family: 4 });
    for (const address of addressesOf(ipv6)) addresses.push({ address, family: 6 });
    if (addresses.length === 0) throw dnsFailure(ipv4, ipv6);
    return addresses;
  };
}

function addressesOf(answer: PromiseSettledResult<string[]>): readonly string[] {
  return answer.status === 'fulfilled' ? answer.value : [];
}

/** Errors that are final: EBADNAME is a name that cannot be in DNS. */
const finalErrors: readonly unknown[] = ['ENOTFOUND', 'ENODATA', 'EBADNAME'];

/** @returns ENOTFOUND where DNS has no address, EAI_AGAIN where it failed or did not answer */
function dnsFailure(...answers: readonly PromiseSettledResult<string[]>[]): Error {
  const isFinal = answers.every(
    (answer) => answer.status === 'fulfilled' || finalErrors.includes(answer.reason?.code),
  );
  return Object.assign(new Error('DNS gave no address'), {
    code: isFinal ? 'ENOTFOUND' : 'EAI_AGAIN',
  });
}
