/**
 * The functions of WASI 0.2.12, by interface, as its WIT has them: name and number of parameters, `self`
 * among them. Left out are `wasi:clocks/timezone`, which is not stable, and what components export.
 */
export const witFunctions: { readonly [name: string]: string } = {
  'wasi:cli/environment': 'get-environment/0 get-arguments/0 initial-cwd/0',
  'wasi:cli/exit': 'exit/1 exit-with-code/1',
  'wasi:cli/stdin': 'get-stdin/0',
  'wasi:cli/stdout': 'get-stdout/0',
  'wasi:cli/stderr': 'get-stderr/0',
  'wasi:cli/terminal-input': '',
  'wasi:cli/terminal-output': '',
  'wasi:cli/terminal-stdin': 'get-terminal-stdin/0',
  'wasi:cli/terminal-stdout': 'get-terminal-stdout/0',
  'wasi:cli/terminal-stderr': 'get-terminal-stderr/0',
  'wasi:clocks/monotonic-clock': 'now/0 resolution/0 subscribe-instant/1 subscribe-duration/1',
  'wasi:clocks/wall-clock': 'now/0 resolution/0',
  'wasi:filesystem/preopens': 'get-directories/0',
  'wasi:filesystem/types':
    '[method]descriptor.read-via-stream/2 [method]descriptor.write-via-stream/2 ' +
    '[method]descriptor.append-via-stream/1 [method]descriptor.advise/4 ' +
    '[method]descriptor.sync-data/1 [method]descriptor.get-flags/1 ' +
    '[method]descriptor.get-type/1 [method]descriptor.set-size/2 ' +
    '[method]descriptor.set-times/3 [method]descriptor.read/3 [method]descriptor.write/3 ' +
    '[method]descriptor.read-directory/1 [method]descriptor.sync/1 ' +
    '[method]descriptor.create-directory-at/2 [method]descriptor.stat/1 ' +
    '[method]descriptor.stat-at/3 [method]descriptor.set-times-at/5 ' +
    '[method]descriptor.link-at/5 [method]descriptor.open-at/5 ' +
    '[method]descriptor.readlink-at/2 [method]descriptor.remove-directory-at/2 ' +
    '[method]descriptor.rename-at/4 [method]descriptor.symlink-at/3 ' +
    '[method]descriptor.unlink-file-at/2 [method]descriptor.is-same-object/2 ' +
    '[method]descriptor.metadata-hash/1 [method]descriptor.metadata-hash-at/3 ' +
    '[method]directory-entry-stream.read-directory-entry/1 filesystem-error-code/1',
  'wasi:http/outgoing-handler': 'handle/2',
  'wasi:http/types':
    '[constructor]fields/0 [static]fields.from-list/1 [method]fields.get/2 ' +
    '[method]fields.has/2 [method]fields.set/3 [method]fields.delete/2 ' +
    '[method]fields.append/3 [method]fields.entries/1 [method]fields.clone/1 ' +
    '[method]incoming-request.method/1 [method]incoming-request.path-with-query/1 ' +
    '[method]incoming-request.scheme/1 [method]incoming-request.authority/1 ' +
    '[method]incoming-request.headers/1 [method]incoming-request.consume/1 ' +
    '[constructor]outgoing-request/1 [method]outgoing-request.body/1 ' +
    '[method]outgoing-request.method/1 [method]outgoing-request.set-method/2 ' +
    '[method]outgoing-request.path-with-query/1 ' +
    '[method]outgoing-request.set-path-with-query/2 [method]outgoing-request.scheme/1 ' +
    '[method]outgoing-request.set-scheme/2 [method]outgoing-request.authority/1 ' +
    '[method]outgoing-request.set-authority/2 [method]outgoing-request.headers/1 ' +
    '[constructor]request-options/0 [method]request-options.connect-timeout/1 ' +
    '[method]request-options.set-connect-timeout/2 ' +
    '[method]request-options.first-byte-timeout/1 ' +
    '[method]request-options.set-first-byte-timeout/2 ' +
    '[method]request-options.between-bytes-timeout/1 ' +
    '[method]request-options.set-between-bytes-timeout/2 ' +
    '[method]response-outparam.send-informational/3 [static]response-outparam.set/2 ' +
    '[method]incoming-response.status/1 [method]incoming-response.headers/1 ' +
    '[method]incoming-response.consume/1 [method]incoming-body.stream/1 ' +
    '[static]incoming-body.finish/1 [method]future-trailers.subscribe/1 ' +
    '[method]future-trailers.get/1 [constructor]outgoing-response/1 ' +
    '[method]outgoing-response.status-code/1 [method]outgoing-response.set-status-code/2 ' +
    '[method]outgoing-response.headers/1 [method]outgoing-response.body/1 ' +
    '[method]outgoing-body.write/1 [static]outgoing-body.finish/2 ' +
    '[method]future-incoming-response.subscribe/1 [method]future-incoming-response.get/1 ' +
    'http-error-code/1',
  'wasi:io/error': '[method]error.to-debug-string/1',
  'wasi:io/poll': '[method]pollable.ready/1 [method]pollable.block/1 poll/1',
  'wasi:io/streams':
    '[method]input-stream.read/2 [method]input-stream.blocking-read/2 ' +
    '[method]input-stream.skip/2 [method]input-stream.blocking-skip/2 ' +
    '[method]input-stream.subscribe/1 [method]output-stream.check-write/1 ' +
    '[method]output-stream.write/2 [method]output-stream.blocking-write-and-flush/2 ' +
    '[method]output-stream.flush/1 [method]output-stream.blocking-flush/1 ' +
    '[method]output-stream.subscribe/1 [method]output-stream.write-zeroes/2 ' +
    '[method]output-stream.blocking-write-zeroes-and-flush/2 ' +
    '[method]output-stream.splice/3 [method]output-stream.blocking-splice/3',
  'wasi:random/insecure-seed': 'insecure-seed/0',
  'wasi:random/insecure': 'get-insecure-random-bytes/1 get-insecure-random-u64/0',
  'wasi:random/random': 'get-random-bytes/1 get-random-u64/0',
  'wasi:sockets/instance-network': 'instance-network/0',
  'wasi:sockets/ip-name-lookup':
    '[method]resolve-address-stream.resolve-next-address/1 ' +
    '[method]resolve-address-stream.subscribe/1 resolve-addresses/2',
  'wasi:sockets/network': 'network-error-code/1',
  'wasi:sockets/tcp-create-socket': 'create-tcp-socket/1',
  'wasi:sockets/tcp':
    '[method]tcp-socket.start-bind/3 [method]tcp-socket.finish-bind/1 ' +
    '[method]tcp-socket.start-connect/3 [method]tcp-socket.finish-connect/1 ' +
    '[method]tcp-socket.start-listen/1 [method]tcp-socket.finish-listen/1 ' +
    '[method]tcp-socket.accept/1 [method]tcp-socket.local-address/1 ' +
    '[method]tcp-socket.remote-address/1 [method]tcp-socket.is-listening/1 ' +
    '[method]tcp-socket.address-family/1 [method]tcp-socket.set-listen-backlog-size/2 ' +
    '[method]tcp-socket.keep-alive-enabled/1 [method]tcp-socket.set-keep-alive-enabled/2 ' +
    '[method]tcp-socket.keep-alive-idle-time/1 ' +
    '[method]tcp-socket.set-keep-alive-idle-time/2 ' +
    '[method]tcp-socket.keep-alive-interval/1 ' +
    '[method]tcp-socket.set-keep-alive-interval/2 [method]tcp-socket.keep-alive-count/1 ' +
    '[method]tcp-socket.set-keep-alive-count/2 [method]tcp-socket.hop-limit/1 ' +
    '[method]tcp-socket.set-hop-limit/2 [method]tcp-socket.receive-buffer-size/1 ' +
    '[method]tcp-socket.set-receive-buffer-size/2 [method]tcp-socket.send-buffer-size/1 ' +
    '[method]tcp-socket.set-send-buffer-size/2 [method]tcp-socket.subscribe/1 ' +
    '[method]tcp-socket.shutdown/2',
  'wasi:sockets/udp-create-socket': 'create-udp-socket/1',
  'wasi:sockets/udp':
    '[method]udp-socket.start-bind/3 [method]udp-socket.finish-bind/1 ' +
    '[method]udp-socket.stream/2 [method]udp-socket.local-address/1 ' +
    '[method]udp-socket.remote-address/1 [method]udp-socket.address-family/1 ' +
    '[method]udp-socket.unicast-hop-limit/1 [method]udp-socket.set-unicast-hop-limit/2 ' +
    '[method]udp-socket.receive-buffer-size/1 ' +
    '[method]udp-socket.set-receive-buffer-size/2 [method]udp-socket.send-buffer-size/1 ' +
    '[method]udp-socket.set-send-buffer-size/2 [method]udp-socket.subscribe/1 ' +
    '[method]incoming-datagram-stream.receive/2 ' +
    '[method]incoming-datagram-stream.subscribe/1 ' +
    '[method]outgoing-datagram-stream.check-send/1 ' +
    '[method]outgoing-datagram-stream.send/2 [method]outgoing-datagram-stream.subscribe/1',
};

/** The resources that each interface defines. */
export const witResources: { readonly [name: string]: string } = {
  'wasi:cli/terminal-input': 'terminal-input',
  'wasi:cli/terminal-output': 'terminal-output',
  'wasi:filesystem/types': 'descriptor directory-entry-stream',
  'wasi:http/types':
    'fields incoming-request outgoing-request request-options response-outparam ' +
    'incoming-response incoming-body future-trailers outgoing-response outgoing-body ' +
    'future-incoming-response',
  'wasi:io/error': 'error',
  'wasi:io/poll': 'pollable',
  'wasi:io/streams': 'input-stream output-stream',
  'wasi:sockets/ip-name-lookup': 'resolve-address-stream',
  'wasi:sockets/network': 'network',
  'wasi:sockets/tcp': 'tcp-socket',
  'wasi:sockets/udp': 'udp-socket incoming-datagram-stream outgoing-datagram-stream',
};
