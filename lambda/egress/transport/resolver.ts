import { Resolver as DnsClient, lookup } from 'node:dns/promises';

/** One address of a name. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Answers with every address of a host name; rejects as `node:dns` does where there is none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * What the system says, `/etc/hosts` included. Not for names that a guest may choose: each waits in
 * one of libuv's four threads, which a few slow name servers would keep from everybody else.
 */
export const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/**
 * Asks DNS for both kinds of addresses, without a thread to wait in.
 * @param servers addresses and ports of name servers; the system's where absent
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

/** Answers that asking again does not change: EBADNAME is a name that cannot be in DNS. */
const certain: readonly unknown[] = ['ENOTFOUND', 'ENODATA', 'EBADNAME'];

/** @returns ENOTFOUND where DNS knows of no address, else EAI_AGAIN: it failed, or did not answer */
function dnsFailure(...answers: readonly PromiseSettledResult<string[]>[]): Error {
  const isCertain = answers.every(
    (answer) => answer.status === 'fulfilled' || certain.includes(answer.reason?.code),
  );
  return Object.assign(new Error('DNS gave no address'), {
    code: isCertain ? 'ENOTFOUND' : 'EAI_AGAIN',
  });
}
