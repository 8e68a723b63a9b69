/** Where the texts of secrets come from. They are kept in memory for minutes, and nowhere else. */

import type { SecretSource } from '../../settings/credentials.ts';
import { type ReadSecret, secretsManager } from './secrets-manager.ts';

export interface SecretStore {
  /**
   * @throws {SecretError} it cannot be had, or is nothing that a header can carry
   */
  get(source: SecretSource): Promise<string>;
}

/** Why there is no secret. The message names the secret, never any of its text. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

export interface SecretStoreOptions {
  readonly env: { [name: string]: string | undefined };
  /** AWS Secrets Manager, where absent. */
  readonly read?: ReadSecret;
  /** Told that a secret could not be read again, while the text read before serves on. */
  readonly onStale?: (message: string) => void;
  readonly now?: () => number;
}

/** A rotated secret is in use this much later. */
const FRESH_MS = 300_000;
/** A secret that cannot be read again stays in use for so long. */
const STALE_MS = 3_600_000;
/** After a failure, the next try. */
const PAUSE_MS = 5000;
/** Shorter texts would be found in any answer. */
const MIN_LENGTH = 8;
const MAX_LENGTH = 8192;

interface Kept {
  text: string | null;
  readAt: number;
  triedAt: number;
  reading: Promise<string> | null;
}

export function createSecretStore({
  env,
  read = secretsManager(env),
  onStale = () => {},
  now = Date.now,
}: SecretStoreOptions): SecretStore {
  const kept = new Map<string, Kept>();

  function refresh(entry: Kept, arn: string, region: string): Promise<string> {
    entry.triedAt = now();
    entry.reading ??= read(arn, region)
      .then((text) => {
        entry.text = text;
        entry.readAt = now();
        return text;
      })
      .finally(() => {
        entry.reading = null;
      });
    return entry.reading;
  }

  async function secretText(arn: string, region: string): Promise<string> {
    const entry = kept.get(arn) ?? { text: null, readAt: 0, triedAt: 0, reading: null };
    kept.set(arn, entry);
    const age = now() - entry.readAt;
    if (entry.text !== null && age < FRESH_MS) return entry.text;
    if (entry.text !== null && age < STALE_MS) {
      // Nobody waits for a new text while the old one does.
      if (now() - entry.triedAt > PAUSE_MS) {
        refresh(entry, arn, region).catch((error) => {
          onStale(`${failure(arn, error)}; its text of ${Math.round(age / 1000)} s ago serves on`);
        });
      }
      return entry.text;
    }
    if (entry.reading === null && entry.triedAt > 0 && now() - entry.triedAt < PAUSE_MS) {
      throw new SecretError(`${arn} could not be read`);
    }
    try {
      return await refresh(entry, arn, region);
    } catch (error) {
      throw new SecretError(failure(arn, error), { cause: error });
    }
  }

  return {
    async get(source) {
      if (source.kind === 'environment') {
        return usable(env[source.name], `The variable ${source.name}`);
      }
      const text = await secretText(source.arn, source.region);
      const { member } = source;
      if (member === null) return usable(text, source.arn);
      return usable(memberOf(text, member), `${source.arn}, member ${member},`);
    },
  };
}

/** The name of the error says enough; its message may quote what the manager holds. */
function failure(arn: string, error: unknown): string {
  return `${arn} could not be read: ${(error as Error).name}`;
}

function memberOf(text: string, member: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, member)) {
      return (value as Record<string, unknown>)[member];
    }
  } catch {
    // Not JSON: it has no members.
  }
  return undefined;
}

function usable(text: unknown, name: string): string {
  if (typeof text !== 'string' || text === '') throw new SecretError(`${name} is not there`);
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text)) {
    throw new SecretError(`${name} has characters that no header can carry`);
  }
  if (text.length < MIN_LENGTH || text.length > MAX_LENGTH) {
    throw new SecretError(
      `${name} has ${text.length} characters: from ${MIN_LENGTH} to ${MAX_LENGTH} can be used`,
    );
  }
  return text;
}
