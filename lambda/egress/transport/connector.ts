import { type LookupFunction, Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { buildConnector } from 'undici';
import { isPublicAddress } from '../policy/address.ts';
import { addressRefusal, literalAddress, type Policy } from '../policy/policy.ts';
import { connectTimeoutMs } from '../policy/timeouts.ts';
import { createDnsResolver, type Resolver, systemResolver } from './resolver.ts';

/**
 * Opens a socket and calls back when it is connected, or why it is not.
 * @returns the socket that is connecting; `null` where none was opened
 */
export type Connector = (
  target: buildConnector.Options,
  callback: buildConnector.Callback,
) => Socket | null;

export interface ConnectorOptions {
  readonly policy: Policy;
  /** Resolves all names; `null`: DNS, and for trusted origins the system's way. */
  readonly resolve: Resolver | null;
  /** PEM certificates trusted besides Node.js's own. */
  readonly extraCa: readonly string[];
}

/**
 * Opens sockets for the HTTP client. A name is resolved once, each address of the answer is
 * checked, and the socket goes to one of those very addresses: nothing looks the name up a second
 * time, so a name that changes its answer gains nothing. An answer that mixes public addresses with
 * others is refused as a whole. Trusted origins alone may have private addresses.
 */
export function createConnector(options: ConnectorOptions): Connector {
  const shared = {
    allowH2: false,
    timeout: connectTimeoutMs,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1_000,
    rejectUnauthorized: true,
    ...(options.extraCa.length === 0 ? {} : { ca: [...rootCertificates, ...options.extraCa] }),
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
    // An IP address never reaches the look-up, so it is judged here.
    const literal = literalAddress(target.hostname);
    if (literal !== null && !isPublicAddress(literal)) {
      callback(addressRefusal(target.hostname, literal), null);
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
          callback(addressRefusal(hostname, refused.address), '');
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
