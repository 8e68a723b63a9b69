/**
 * `WebSocket`, as a name: a run opens no sockets. The class is there, as libraries look for it when they
 * are loaded or configured and would otherwise fail there; to open a socket fails by name.
 */

import { DOMException } from '../core/dom-exception.ts';
import { requireArguments } from '../core/webidl/errors.ts';
import { defineInterface } from '../core/webidl/interface.ts';
import { EventTarget } from '../events/event-target.ts';

class WebSocket extends EventTarget {
  constructor(...args: [url?: unknown, protocols?: unknown]) {
    super();
    requireArguments(args, ['url']);
    throw new DOMException(
      'WebSocket is not available here: a run opens no sockets, and reaches the network by fetch only',
      'NotSupportedError',
    );
  }
}
defineInterface(WebSocket, 'WebSocket', {
  constants: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
  required: { constructor: ['url'] },
});

export function installWebSocket(define: (names: Record<string, unknown>) => void): void {
  define({ WebSocket });
}
