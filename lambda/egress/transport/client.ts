import type { Socket } from 'node:net';
import { Agent, type buildConnector, Client, type Dispatcher, interceptors, Pool } from 'undici';
import { EgressFailure, toEgressFailure } from '../policy/failure.ts';
import { bodyTimeoutMs } from '../policy/timeouts.ts';
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

/** Connections, and the requests on them. Knows nothing of redirects. */
export interface HttpClient {
  /**
   * Performs one request to its end.
   * @throws {EgressFailure}
   */
  readonly send: Exchange;
  /** The same for a GET, answered from a cache where HTTP allows. */
  cachedBy(store: CacheStore): Exchange;
  close(): Promise<void>;
}

export type Exchange = (hop: Hop) => Promise<HopResponse>;

/** The longest that a connection lies idle, whatever its server says. */
const maxIdleMs = 10_000;

export function createHttpClient(connect: Connector): HttpClient {
  let agent = openAgent(connect);
  let usedAt = Date.now();
  const decompress: Dispatcher.Dispatch = (dispatched, handler) =>
    freshAgent().dispatch(dispatched, new DecompressHandler(handler, hopOf(dispatched)));

  /**
   * While a Lambda environment is frozen no timer closes what lies idle, and a connection that dies
   * then says nothing of it: a request on it would wait for all of its time.
   */
  function freshAgent(): Agent {
    const now = Date.now();
    if (now - usedAt > maxIdleMs) {
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
    keepAliveMaxTimeout: maxIdleMs,
    maxHeaderSize: 16_384,
    // Waiting for headers is bounded by the lifetime of the whole download or fetch.
    headersTimeout: 0,
    bodyTimeout: bodyTimeoutMs,
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
      body: hop.body,
    };
    try {
      dispatch(options, new ResponseCollector(hop, resolve, reject));
    } catch (error) {
      reject(toEgressFailure(error, hop.url));
    }
  });
}

function isLostConnection(failure: unknown, hop: Hop): boolean {
  return (
    failure instanceof EgressFailure &&
    hop.trace.status === null &&
    hop.lifetime.failure === null &&
    ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(failure.causeCode ?? '')
  );
}

/** One connection at a time, which each hop that it serves finds in its trace. */
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
