import { Agent, type buildConnector, Client, type Dispatcher, interceptors, Pool } from 'undici';
import type { CacheStore } from './cache.ts';
import { DecompressHandler } from './decompress.ts';
import { type Hop, type HopOptions, type HopResponse, ResponseCollector } from './exchange.ts';
import { EgressFailure, toEgressFailure } from './failure.ts';

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

export interface HttpClientOptions {
  readonly connect: buildConnector.connector;
  /** Most silence between two pieces of a response's body. */
  readonly bodyTimeoutMs: number;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({
    connect: options.connect,
    allowH2: false,
    maxHeaderSize: 16_384,
    // Waiting for headers is bounded by the lifetime of the whole download or fetch.
    headersTimeout: 0,
    bodyTimeout: options.bodyTimeoutMs,
    factory: (origin, poolOptions) =>
      new Pool(origin, { ...poolOptions, factory: (o, c) => new TracingClient(o, c) }),
  });
  const decompress: Dispatcher.Dispatch = (dispatched, handler) =>
    agent.dispatch(dispatched, new DecompressHandler(handler, hopOf(dispatched)));

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

function exchange(dispatch: Dispatcher.Dispatch, hop: Hop): Promise<HopResponse> {
  return new Promise((resolve, reject) => {
    const options: HopOptions = {
      hop,
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
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

/** One connection at a time, whose address is left in the trace of each hop that it serves. */
class TracingClient extends Client {
  readonly #peer: { address: string | null };

  constructor(origin: string | URL, options: Client.Options) {
    const peer: { address: string | null } = { address: null };
    const { connect } = options;
    super(origin, {
      ...options,
      connect: (target: buildConnector.Options, callback: buildConnector.Callback) => {
        if (typeof connect !== 'function') throw new TypeError('the connector is missing');
        connect(target, (...outcome) => {
          peer.address = outcome[1]?.remoteAddress ?? null;
          callback(...outcome);
        });
      },
    });
    this.#peer = peer;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    hopOf(options).trace.peer = this.#peer;
    return super.dispatch(options, handler);
  }
}

function hopOf(options: Dispatcher.DispatchOptions): Hop {
  // Every dispatch of this client starts in `exchange` above.
  return (options as HopOptions).hop;
}
