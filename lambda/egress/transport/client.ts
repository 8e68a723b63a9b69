/** Step 3 of egress, the hop: sends it on a connection, or answers it from the cache. */

import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, type buildConnector, Client, type Dispatcher, interceptors, Pool } from 'undici';
import { EgressFailure, toEgressFailure } from '../policy/failure.ts';
import type { CacheStore } from './cache.ts';
import type { Connector } from './connector.ts';
import { DecompressHandler } from './decompress.ts';
import {
  type Hop,
  type HopOptions,
  type HopResponse,
  type Peer,
  ResponseCollector,
} from './exchange.ts';

/** Connections, and the requests on them. Does not follow redirects. */
export interface HttpClient {
  /**
   * Performs one request to its end, or until the body of its response begins to flow.
   * @throws {EgressFailure}
   */
  readonly send: Exchange;
  /** The same for a GET, answered from a cache where HTTP allows. */
  cachedBy(store: CacheStore): Exchange;
  close(): Promise<void>;
}

export type Exchange = (hop: Hop) => Promise<HopResponse>;

/** The longest time that a connection stays idle, whatever its server says. */
const MAX_IDLE_MS = 10_000;
/** All headers of one response. */
const MAX_HEADER_BYTES = 16_384;

export function createHttpClient(connect: Connector): HttpClient {
  let agent = openAgent(connect);
  let usedAt = Date.now();
  const decompress: Dispatcher.Dispatch = (dispatched, handler) =>
    freshAgent().dispatch(dispatched, new DecompressHandler(handler, hopOf(dispatched)));

  /**
   * While a Lambda environment is frozen no timer closes idle connections, and nothing notices one
   * that dies: a request on it would wait until its own timeout.
   */
  function freshAgent(): Agent {
    const now = Date.now();
    if (now - usedAt > MAX_IDLE_MS) {
      agent.close().catch(() => {});
      agent = openAgent(connect);
    }
    usedAt = now;
    return agent;
  }

  return {
    send: (hop) => exchange(decompress, hop),
    cachedBy(store) {
      const dispatch = interceptors.cache({ store })(decompress);
      return async (hop) => {
        try {
          return await exchange(dispatch, hop);
        } catch (failure) {
          if (!isLostConnection(failure, hop)) throw failure;
          // A kept-alive connection may die just as it is used again (RFC 9112 §9.3.1).
          return exchange(dispatch, hop);
        }
      };
    },
    close: () => agent.destroy(),
  };
}

function openAgent(connect: Connector): Agent {
  return new Agent({
    allowH2: false,
    keepAliveMaxTimeout: MAX_IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The lifetime of the whole download or fetch also limits the time for headers.
    headersTimeout: 0,
    factory: (origin, poolOptions) =>
      new Pool(origin, {
        ...poolOptions,
        factory: (url, clientOptions) => new TracingClient(url, clientOptions, connect),
      }),
  });
}

function exchange(dispatch: Dispatcher.Dispatch, hop: Hop): Promise<HopResponse> {
  return new Promise((resolve, reject) => {
    const options: HopOptions = {
      hop,
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      // undici does not write to it, though its type says that it may.
      headers: hop.headers as string[],
      body: hop.body === null || hop.body instanceof Uint8Array ? hop.body : sentBy(hop, hop.body),
      bodyTimeout: hop.maxSilenceMs,
    };
    try {
      dispatch(options, new ResponseCollector(hop, resolve, reject));
    } catch (error) {
      reject(toEgressFailure(error, hop.url));
    }
  });
}

/** undici takes a piece when the connection can, and destroys the stream with the request. */
function sentBy({ trace, onSend }: Hop, body: AsyncIterable<Uint8Array>): Readable {
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of body) {
      trace.bytesSent += piece.length;
      onSend(piece.length);
      yield piece;
    }
  }
  return Readable.from(counted(), { highWaterMark: 1 });
}

function isLostConnection(failure: unknown, hop: Hop): boolean {
  return (
    failure instanceof EgressFailure &&
    hop.trace.status === null &&
    hop.lifetime.failure === null &&
    ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(failure.causeCode ?? '')
  );
}

/** One connection at a time. Puts it into the trace of each hop that it serves. */
class TracingClient extends Client {
  readonly #connection: Connection;

  constructor(origin: string | URL, options: Client.Options, connect: Connector) {
    const connection = new Connection();
    super(origin, {
      ...options,
      connect: (target: buildConnector.Options, callback: buildConnector.Callback) =>
        connection.open(connect, target, callback),
    });
    this.#connection = connection;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    hopOf(options).trace.peer = this.#connection;
    return super.dispatch(options, handler);
  }
}

class Connection implements Peer {
  address: string | null = null;
  #connecting: Socket | null = null;

  open(
    connect: Connector,
    target: buildConnector.Options,
    callback: buildConnector.Callback,
  ): void {
    this.#connecting = connect(target, (...outcome) => {
      this.#connecting = null;
      this.address = outcome[1]?.remoteAddress ?? null;
      callback(...outcome);
    });
  }

  abandon(reason: Error): void {
    this.#connecting?.destroy(reason);
  }
}

function hopOf(options: Dispatcher.DispatchOptions): Hop {
  // Every dispatch of this client starts in `exchange` above.
  return (options as HopOptions).hop;
}
