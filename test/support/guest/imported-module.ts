import { createHash } from 'node:crypto';
import type { ImportedModule } from '../../../lambda/contract/calls.ts';

/** What the host answers to an import. */
export function importedModule(
  url: string,
  contentType: string | null,
  source: string | Uint8Array,
): ImportedModule {
  const body = typeof source === 'string' ? Buffer.from(source) : source;
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { ok: true, url, contentType, sha256, bytes: body.length, body };
}
