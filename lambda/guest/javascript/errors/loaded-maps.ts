/** Source maps that code names by URL: loaded by the host, as code is, once the run has failed. */

import { MAX_SOURCE_MAPS } from '../../../contract/calls.ts';
import type { GuestError } from '../../../contract/protocol.ts';
import type { RunHost } from '../../runtime/runtime.ts';
import { filesOf } from './error-places.ts';
import { parseSourceMap, type SourceMap, sourceMapUrl } from './source-map.ts';

/**
 * @param sourceOf text of the code or of a module, by its URL
 * @returns the maps of the files in an error's stack, by the URL of the file; those that could be had
 */
export async function loadSourceMaps(
  error: GuestError,
  sourceOf: (url: string) => string | undefined,
  host: RunHost,
): Promise<ReadonlyMap<string, SourceMap>> {
  const named = filesOf(error).flatMap((url) => {
    const source = sourceOf(url);
    const mapUrl = source === undefined ? null : sourceMapUrl(url, source);
    return source === undefined || mapUrl === null ? [] : [{ url, source, mapUrl }];
  });
  const maps = new Map<string, SourceMap>();
  const loads = named.slice(0, MAX_SOURCE_MAPS).map(async ({ url, source, mapUrl }) => {
    const loaded = await host.call('sourceMap', { url: mapUrl }).result;
    if (!loaded.ok) return;
    const map = parseSourceMap(Buffer.from(loaded.body).toString(), mapUrl, source);
    if (map !== null) maps.set(url, map);
  });
  await Promise.all(loads);
  return maps;
}
