/** Egress, between policy and transport: headers that the operator has the host add to requests of guests. */

import type { CodePattern, CredentialSetting } from '../../settings/credentials.ts';
import { EgressFailure } from '../policy/failure.ts';
import { Redaction } from './redactor.ts';
import type { SecretStore } from './secrets.ts';
import { urlMatcher } from './url-match.ts';

/** The code of a run, as far as it decides on credentials. */
export interface RunningCode {
  /** Final URL. */
  readonly url: string;
  /** Hex. */
  readonly sha256: string;
}

export interface CredentialedHop {
  /** Names and values in turn, those of the guest and the credentials'. */
  readonly headers: readonly string[];
  /** Takes the secrets out of the answer. */
  readonly redaction: Redaction;
}

/** The credentials that one run may use. */
export interface RunCredentials {
  /**
   * Judges one hop, which the policy has allowed.
   * @param headers names in lower case and values in turn
   * @returns `null` where the hop gets none
   * @throws {EgressFailure} the guest set such a header itself; a secret cannot be had
   */
  apply(url: URL, method: string, headers: readonly string[]): Promise<CredentialedHop | null>;
}

export interface Credentials {
  /** @returns `null` where the code may use none */
  forCode(code: RunningCode): RunCredentials | null;
}

/** With these a guest would get an echo in pieces, too short for a secret to be found in them. */
const piecing = new Set(['range', 'if-range']);

/** @param onFailure told of secrets that cannot be had; its text has none of them */
export function createCredentials(
  settings: readonly CredentialSetting[],
  secrets: SecretStore,
  onFailure: (message: string) => void,
): Credentials {
  const all = settings.map((setting) => ({
    setting,
    matches: urlMatcher(setting.match),
    allows: codeMatcher(setting.forCode),
  }));

  async function headerOf({ header, format, secret }: CredentialSetting) {
    try {
      const text = await secrets.get(secret);
      return { header, text, value: format.replace('{}', () => text) };
    } catch (error) {
      onFailure((error as Error).message);
      throw new EgressFailure('network', `The credential for the header ${header} is not there.`);
    }
  }

  return {
    forCode(code) {
      const allowed = all.filter(({ allows }) => allows(code));
      if (allowed.length === 0) return null;
      const redactionOf = redactions();
      return {
        async apply(url, method, headers) {
          const fitting = allowed
            .filter(({ matches, setting: { methods } }) => {
              return matches(url) && (methods === null || methods.includes(method.toUpperCase()));
            })
            .map(({ setting }) => setting);
          if (fitting.length === 0) return null;
          const own = new Set(headers.filter((_, index) => index % 2 === 0));
          const taken = fitting.find(({ header }) => own.has(header));
          if (taken !== undefined) {
            throw new EgressFailure(
              'not-allowed',
              `The header ${taken.header} of ${url.host} is set by the operator, not by scripts.`,
              { rule: 'credential' },
            );
          }
          const pieces = [...own].find((name) => piecing.has(name));
          if (pieces !== undefined) {
            throw new EgressFailure(
              'not-allowed',
              `The header ${pieces} cannot be sent with a credential of the operator.`,
              { rule: 'credential' },
            );
          }
          // The first that fits a header has it, as the operator wrote them down.
          const firsts = fitting.filter(
            ({ header }, index) => fitting.findIndex((other) => other.header === header) === index,
          );
          const added = await Promise.all(firsts.map(headerOf));
          return {
            headers: [...headers, ...added.flatMap(({ header, value }) => [header, value])],
            redaction: redactionOf(added.flatMap(({ text, value }) => [text, value])),
          };
        },
      };
    },
  };
}

/** Makes one anew only where the texts are not those of before: the hops of a run mostly share them. */
function redactions(): (texts: readonly string[]) => Redaction {
  let last: { readonly key: string; readonly redaction: Redaction } | null = null;
  return (texts) => {
    const key = JSON.stringify(texts);
    if (last?.key !== key) last = { key, redaction: new Redaction(texts) };
    return last.redaction;
  };
}

function codeMatcher(patterns: readonly CodePattern[] | null): (code: RunningCode) => boolean {
  if (patterns === null) return () => true;
  const matchers = patterns.map((pattern): ((code: RunningCode) => boolean) => {
    if (pattern.kind === 'hash') {
      const hex = Buffer.from(pattern.hash, 'base64').toString('hex');
      return ({ sha256 }) => sha256 === hex;
    }
    const matches = urlMatcher(pattern.pattern);
    return ({ url }) => {
      const parsed = URL.parse(url);
      return parsed !== null && matches(parsed);
    };
  });
  return (code) => matchers.some((matches) => matches(code));
}
