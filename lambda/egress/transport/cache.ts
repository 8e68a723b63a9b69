import { Writable } from 'node:stream';
import { cacheStores } from 'undici';
import { Body } from './body.ts';

export type CacheStore = Pick<Store, 'get' | 'createWriteStream' | 'delete'>;

type Store = InstanceType<typeof cacheStores.MemoryCacheStore>;
type CacheKey = Parameters<Store['get']>[0];
type CacheValue = Parameters<Store['createWriteStream']>[1];

const cacheLimits = {
  maxCount: 256,
  /** All entries together. */
  maxSize: 64 * 1024 * 1024,
  maxEntrySize: 32 * 1024 * 1024,
} as const;

/** Downloads kept in memory as HTTP allows (RFC 9111), apart for each partition. */
export interface DownloadCache {
  /** What one partition has kept is neither served to another nor noticeable there. */
  partition(name: string): CacheStore;
}

/**
 * Wraps undici's memory store: entries are kept in one piece, so that a hit needs no copy, and are
 * never served stale: refreshing them in the background would outlive the invocation, and a server
 * that fails must not bring back code that it has replaced.
 */
export function createDownloadCache(): DownloadCache {
  const store = new cacheStores.MemoryCacheStore(cacheLimits);
  return {
    partition(name) {
      const within = (key: CacheKey): CacheKey => ({ ...key, origin: `${name} ${key.origin}` });
      return {
        get: (key) => store.get(within(key)),
        delete: (key) => store.delete(within(key)),
        createWriteStream(key, value) {
          const target = store.createWriteStream(within(key), withoutGuesses(value));
          return target === undefined ? undefined : inOnePiece(target);
        },
      };
    },
  };
}

/**
 * Fresh is only what its server says is. undici would take a tenth of a file's age (RFC 9111 §4.2.2),
 * by which old code stays for weeks after it was replaced.
 */
function withoutGuesses(value: CacheValue): CacheValue {
  const {
    'stale-while-revalidate': _,
    'stale-if-error': __,
    ...directives
  } = value.cacheControlDirectives ?? {};
  const isExplicit =
    directives['max-age'] !== undefined ||
    directives['s-maxage'] !== undefined ||
    value.headers?.expires !== undefined;
  const staleAt = isExplicit ? value.staleAt : value.cachedAt;
  return { ...value, cacheControlDirectives: directives, staleAt };
}

function inOnePiece(target: Writable): Writable {
  const body = new Body(cacheLimits.maxEntrySize, 0);
  let size = 0;
  return new Writable({
    // Never asks the response to pause: it is bounded by the entry's own size.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      if (size > cacheLimits.maxEntrySize) this.destroy();
      else body.append(chunk);
      callback();
    },
    final(callback) {
      target.end(body.finish(), () => callback());
    },
  });
}
