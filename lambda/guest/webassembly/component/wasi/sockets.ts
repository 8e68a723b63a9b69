/**
 * `wasi:sockets`: all of its names, so that programs link that may use a network. There is none but
 * by `wasi:http`: to make a socket, or to resolve a name, is access denied. No component ever has a
 * socket, so none of a socket's functions can be called.
 */

import { type HostFunction, type HostInterface, ResultError } from '../host.ts';
import { WASI_VERSION, type Wasi2Context } from './binding/context.ts';
import { HeldResource } from './binding/holdings.ts';
import { hostFunction } from './binding/parameters.ts';

class Network extends HeldResource {
  readonly resource = 'wasi:sockets/network/network';
}

const denied: HostFunction = {
  call() {
    throw new ResultError('access-denied');
  },
};
/** No error of a stream is one of the network. */
const noErrorCode: HostFunction = { call: () => undefined };

/** By resource: its methods. Made once, as they are the same for every run. */
const tcp = methods({
  'tcp-socket': [
    'start-bind finish-bind start-connect finish-connect start-listen finish-listen accept',
    'local-address remote-address is-listening address-family set-listen-backlog-size',
    'keep-alive-enabled set-keep-alive-enabled keep-alive-idle-time set-keep-alive-idle-time',
    'keep-alive-interval set-keep-alive-interval keep-alive-count set-keep-alive-count',
    'hop-limit set-hop-limit receive-buffer-size set-receive-buffer-size',
    'send-buffer-size set-send-buffer-size subscribe shutdown',
  ],
});
const udp = methods({
  'udp-socket': [
    'start-bind finish-bind stream local-address remote-address address-family',
    'unicast-hop-limit set-unicast-hop-limit receive-buffer-size set-receive-buffer-size',
    'send-buffer-size set-send-buffer-size subscribe',
  ],
  'incoming-datagram-stream': ['receive subscribe'],
  'outgoing-datagram-stream': ['check-send send subscribe'],
});
const lookup = methods({ 'resolve-address-stream': ['resolve-next-address subscribe'] });

export function socketInterfaces({ holdings }: Wasi2Context): readonly HostInterface[] {
  return [
    sockets('network', {
      functions: { 'network-error-code': noErrorCode },
      resources: ['network'],
    }),
    sockets('instance-network', {
      functions: { 'instance-network': hostFunction([], () => new Network(holdings)) },
    }),
    sockets('tcp', tcp),
    sockets('tcp-create-socket', {
      functions: { 'create-tcp-socket': denied },
    }),
    sockets('udp', udp),
    sockets('udp-create-socket', {
      functions: { 'create-udp-socket': denied },
    }),
    sockets('ip-name-lookup', {
      functions: {
        'resolve-addresses': denied,
        ...lookup.functions,
      },
      resources: ['resolve-address-stream'],
    }),
  ];
}

type Contents = Pick<HostInterface, 'functions' | 'resources'>;

function sockets(name: string, contents: Contents): HostInterface {
  return { name: `wasi:sockets/${name}`, version: WASI_VERSION, ...contents };
}

function methods(resources: { readonly [resource: string]: readonly string[] }): Contents {
  const functions = Object.entries(resources).flatMap(([resource, lines]) =>
    lines
      .flatMap((line) => line.split(' '))
      .map((name) => [`[method]${resource}.${name}`, denied] as const),
  );
  return { functions: Object.fromEntries(functions), resources: Object.keys(resources) };
}
