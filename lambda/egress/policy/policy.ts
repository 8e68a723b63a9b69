/** Policy of egress, beside all steps: which URLs a request may go to. */

import { isIP } from 'node:net';
import type { HostMatcher } from '../../settings/host-patterns.ts';
import { isPublicAddress } from './address.ts';
import { EgressFailure, type Rule } from './failure.ts';

interface PolicyOptions {
  readonly allowedPorts: readonly number[];
  readonly trustedOrigins: readonly string[];
  /** Whether refusals name the setting that local work needs. */
  readonly local?: boolean;
}

/** Judges URLs. The connector judges host names once more, by their addresses. */
export interface Policy {
  /**
   * Judges one hop, by the very URL object that the client then connects to.
   * @param hosts the host list that applies to this request
   * @returns why the policy refuses it, or `null`
   */
  judge(url: URL, hosts: HostMatcher): EgressFailure | null;
  /** Judges a redirect as such; `judge` judges its target. */
  judgeRedirect(from: URL, to: URL): EgressFailure | null;
  /** Whether private addresses and unusual ports are allowed for this origin, and this one alone. */
  isTrusted(origin: string): boolean;
}

/** @throws {TypeError} naming a trusted origin or port that does not parse */
export function createPolicy(options: PolicyOptions): Policy {
  const trusted = new Set(options.trustedOrigins.map(parseOrigin));
  const ports = new Set(options.allowedPorts);
  const wayOut = ({ origin }: URL) =>
    options.local === true ? ` For local work, ENGINE_TRUSTED_ORIGINS=${origin} allows it.` : '';
  return {
    judge(url, hosts) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:') {
        return refusal(
          'scheme',
          `The scheme "${url.protocol}" is not allowed: use https: or http:.`,
        );
      }
      if (url.username !== '' || url.password !== '') {
        return refusal('credentials', 'A URL with a user name or password is not allowed.');
      }
      if (!hosts(url.hostname)) {
        return refusal('host', `The host "${url.hostname}" is not on the list of allowed hosts.`);
      }
      if (trusted.has(url.origin)) return null;
      if (!ports.has(portOf(url))) {
        return refusal(
          'port',
          `Port ${portOf(url)} is not allowed; allowed are ${[...ports].join(', ') || 'none'}.${wayOut(url)}`,
        );
      }
      if (isLocalhost(url.hostname)) return addressRefusal(url.hostname, { wayOut: wayOut(url) });
      const address = literalAddress(url.hostname);
      return address === null || isPublicAddress(address)
        ? null
        : addressRefusal(url.hostname, { address, wayOut: wayOut(url) });
    },
    judgeRedirect(from, to) {
      return from.protocol === 'https:' && to.protocol === 'http:'
        ? refusal('downgrade', `A redirect from https: to http: (${to.host}) is not followed.`)
        : null;
    },
    isTrusted: (origin) => trusted.has(origin),
  };
}

interface AddressRefusalOptions {
  /** For the audit record: the message does not name it. */
  readonly address?: string;
  /** What the operator can do about it: another sentence. */
  readonly wayOut?: string;
}

/** @returns the refusal of an address that is not public */
export function addressRefusal(
  hostname: string,
  { address, wayOut = '' }: AddressRefusalOptions = {},
): EgressFailure {
  return refusal(
    'address',
    `The host "${hostname}" is, or resolves to, a private, local or reserved address, which is not allowed.${wayOut}`,
    address,
  );
}

/** RFC 6761 §6.3: loopback, whatever DNS says. */
function isLocalhost(hostname: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(hostname);
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** @returns the address where the host of a URL or a socket is an IP address, else `null` */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? null : bare;
}

/** The refusal of a request that breaks a rule. */
export function refusal(rule: Rule, message: string, address?: string): EgressFailure {
  return new EgressFailure('not-allowed', message, {
    rule,
    ...(address === undefined ? {} : { address }),
  });
}

function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError(
      `"${text}" is not an origin: expected scheme, host and port, like "http://127.0.0.1:8080"`,
    );
  }
  return url.origin;
}
