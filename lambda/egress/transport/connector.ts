/** Step 4 of egress, the connection: connects to addresses that the policy allows. */

import { type LookupFunction, Socket } from 'node:net';
// TLS takes 20 ms to load: as the default export it waits until something is read from it.
import tls from 'node:tls';
import { buildConnector } from 'undici';
import { isPublicAddress } from '../policy/address.ts';
import { addressRefusal, literalAddress, type Policy } from '../policy/policy.ts';
import { CONNECT_TIMEOUT_MS } from '../policy/timeouts.ts';
import { createDnsResolver, type Resolver, systemResolver } from './resolver.ts';

/**
 * Opens a socket and calls back when it is connected, or with the error.
 * @returns the socket, which is connecting; `null` where it opened none
 */
export type Connector = (
  target: buildConnector.Options,
  callback: buildConnector.Callback,
) => Socket | null;

interface ConnectorOptions {
  readonly policy: Policy;
  /** Resolves all names; `null`: DNS does, and for trusted origins the system. */
  readonly resolve: Resolver | null;
  /** PEM certificates that it trusts besides Node.js's own. */
  readonly extraCa: readonly string[];
}

/**
 * Opens sockets for the HTTP client. It resolves a name once, checks each address of the answer, and
 * connects to one of these very addresses: nothing resolves the name a second time, so that DNS
 * rebinding has no effect. It refuses an answer that mixes public addresses with others. Only trusted
 * origins may have private addresses.
 */
export function createConnector(options: ConnectorOptions): Connector {
  const shared = {
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1_000,
    rejectUnauthorized: true,
    ...(options.extraCa.length === 0 ? {} : { ca: [...tls.rootCertificates, ...options.extraCa] }),
  };
  const toPublic = buildConnector({
    ...shared,
    lookup: lookupBy(options.resolve ?? createDnsResolver(), isPublicAddress),
  });
  const toAny = buildConnector({
    ...shared,
    lookup: lookupBy(options.resolve ?? systemResolver, () => true),
  });

  return (target, callback) => {
    if (options.policy.isTrusted(`${target.protocol}//${target.host ?? target.hostname}`)) {
      return socketOf(toAny(target, callback));
    }
    // No look-up is made for an IP address: it is judged here.
    const literal = literalAddress(target.hostname);
    if (literal !== null && !isPublicAddress(literal)) {
      callback(addressRefusal(target.hostname, { address: literal }), null);
      return null;
    }
    return socketOf(toPublic(target, callback));
  };
}

/** undici's connector returns the socket, which its types leave out. */
function socketOf(returned: unknown): Socket | null {
  return returned instanceof Socket ? returned : null;
}

function lookupBy(resolve: Resolver, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        const refused = addresses.find(({ address }) => !isAllowed(address));
        if (refused !== undefined) {
          callback(addressRefusal(hostname, { address: refused.address }), '');
        } else if (first === undefined) {
          callback(Object.assign(new Error('empty DNS answer'), { code: 'ENOTFOUND' }), '');
        } else if (options.all) {
          callback(null, [...addresses]);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
