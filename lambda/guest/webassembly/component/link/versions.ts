/** Names of interfaces with versions, and which versions stand for each other. */

export interface VersionedName {
  /** Package and interface: `wasi:io/streams`. */
  readonly name: string;
  /** `null`: none is given. */
  readonly version: string | null;
}

export function parseVersionedName(text: string): VersionedName {
  const at = text.indexOf('@');
  return at === -1
    ? { name: text, version: null }
    : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/**
 * Whether a host that serves one version satisfies an import of another: as semantic versioning has it,
 * versions of the same major number, or before 1.0.0 of the same minor number. Pre-releases stand for
 * themselves.
 */
export function isCompatible(served: string, wanted: string | null): boolean {
  return wanted === null || served === wanted || trackOf(served) === trackOf(wanted);
}

function trackOf(version: string): string {
  const [, major = '', minor, patch, pre] =
    /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[^+]*)?(?:\+.*)?$/.exec(version) ?? [];
  if (pre !== undefined || major === '') return version;
  if (major !== '0') return major;
  return minor === '0' ? `0.0.${patch}` : `0.${minor}`;
}
