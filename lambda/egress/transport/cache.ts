/** Step 3 of egress, the hop: downloads that are kept in memory, as HTTP allows. */

import { Writable } from 'node:stream';
import { cacheStores } from 'undici';
import { Body } from './body.ts';

export type CacheStore = Pick<Store, 'get' | 'createWriteStream' | 'delete'>;

type Store = InstanceType<typeof cacheStores.MemoryCacheStore>;
type CacheKey = Parameters<Store['get']>[0];
type CacheValue = Parameters<Store['createWriteStream']>[1];

const MAX_ENTRIES = 256;
/** All entries together. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_ENTRY_BYTES = 32 * 1024 * 1024;

/** Keeps responses as RFC 9111 says, each partition apart. */
interface DownloadCache {
  /** A partition neither serves nor reveals the entries of another. */
  partition(name: string): CacheStore;
}

/**
 * Wraps undici's memory store. Each entry is one buffer, so that a hit needs no copy. It never serves
 * a stale entry: refreshing it in the background would outlive the invocation, and a server that fails
 * must not bring back code that it has replaced.
 */
export function createDownloadCache(): DownloadCache {
  const store = new cacheStores.MemoryCacheStore({
    maxCount: MAX_ENTRIES,
    maxSize: MAX_CACHE_BYTES,
    maxEntrySize: MAX_ENTRY_BYTES,
  });
  return {
    partition(name) {
      const within = (key: CacheKey): CacheKey => ({ ...key, origin: `${name} ${key.origin}` });
      return {
        get: (key) => store.get(within(key)),
        delete: (key) => store.delete(within(key)),
        createWriteStream(key, value) {
          const target = store.createWriteStream(within(key), withoutHeuristics(value));
          return target === undefined ? undefined : inOnePiece(target);
        },
      };
    },
  };
}

/**
 * An entry is fresh only as long as its server says. undici would assume a tenth of a file's age (RFC
 * 9111 §4.2.2), so that old code would stay for weeks after it was replaced.
 */
function withoutHeuristics(value: CacheValue): CacheValue {
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
  const body = new Body(MAX_ENTRY_BYTES, 0);
  let size = 0;
  return new Writable({
    // Never pauses the response: the size of an entry is limited below.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      if (size > MAX_ENTRY_BYTES) this.destroy();
      else body.append(chunk);
      callback();
    },
    final(callback) {
      target.end(body.finish(), () => callback());
    },
  });
}
