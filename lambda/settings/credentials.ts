/** `ENGINE_CREDENTIALS`: what the host adds to requests of guests, and no guest sees. */

import * as z from 'zod';
import { isHostPattern } from './host-patterns.ts';
import { plainReason } from './plain-reason.ts';

/** One credential, as the operator wrote it. */
export interface CredentialSetting {
  /** URLs that get it: `https://api.example.com/v1/*`, the path whole or up to a `*` at its end. */
  readonly match: UrlPattern;
  /** In capitals; `null`: any. */
  readonly methods: readonly string[] | null;
  /** Lower case. */
  readonly header: string;
  readonly secret: SecretSource;
  /** The header's value, with `{}` where the secret stands. */
  readonly format: string;
  /** The code that may use it, by its hash or URL; `null`: any. */
  readonly forCode: readonly CodePattern[] | null;
}

export interface UrlPattern {
  readonly text: string;
  readonly protocol: 'https:' | 'http:';
  /** A host pattern. */
  readonly host: string;
  /** As in a URL: empty for the port of the protocol. */
  readonly port: string;
  /** The whole path, or how it begins. */
  readonly path: string;
  readonly isPrefix: boolean;
}

/** Where the secret is. */
export type SecretSource =
  | { readonly kind: 'environment'; readonly name: string }
  | {
      readonly kind: 'secrets-manager';
      readonly arn: string;
      readonly region: string;
      /** Of a secret that is a JSON object: the member; `null`: the whole text. */
      readonly member: string | null;
    };

export type CodePattern =
  | { readonly kind: 'hash'; readonly algorithm: 'sha256'; readonly hash: string }
  | { readonly kind: 'url'; readonly pattern: UrlPattern };

const MAX_CREDENTIALS = 100;
/** Headers that frame a message, choose its route or its encoding; and those that hold several values. */
const reserved =
  /^(?:host|connection|content-length|content-encoding|content-type|transfer-encoding|te|trailer|upgrade|expect|keep-alive|via|accept-encoding|range|if-range|set-cookie|proxy-.*)$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;

const schema = z
  .array(
    z.strictObject({
      match: z.string().transform(readUrlPattern),
      methods: z
        .array(z.string().regex(token, 'is not an HTTP method'))
        .min(1, 'is empty')
        .transform((methods) => methods.map((method) => method.toUpperCase()))
        .optional(),
      header: z
        .string()
        .regex(token, 'is not the name of a header')
        .transform((name) => name.toLowerCase())
        .refine((name) => !reserved.test(name), 'is a header that the engine itself sets'),
      secret: z.string().transform(readSource),
      format: z
        .string()
        .regex(/^[\x20-\x7e]{2,1024}$/, 'must be printable ASCII')
        .refine((text) => text.split('{}').length === 2, 'must have {} once, for the secret')
        .default('{}'),
      forCode: z.array(z.string().transform(readCode)).min(1, 'is empty').optional(),
    }),
  )
  .max(MAX_CREDENTIALS, `has more than ${MAX_CREDENTIALS} credentials`);

/**
 * Reads the setting.
 * @returns a text that says what is wrong with it; it holds no part of a secret, as the setting has none
 */
export function readCredentials(text: string): readonly CredentialSetting[] | string {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'must be JSON: a list of credentials';
  }
  const parsed = schema.safeParse(value, { jitless: true, error: plainReason });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const path = [...(issue?.path ?? []), ...unknown].join('.');
    const reason = unknown.length > 0 ? 'is not a known field' : issue?.message;
    return path === '' ? `${reason}` : `${path} ${reason}`;
  }
  return parsed.data.map(({ methods, forCode, ...rest }) => ({
    ...rest,
    methods: methods ?? null,
    forCode: forCode ?? null,
  }));
}

function readUrlPattern(text: string, context: z.core.$RefinementCtx): UrlPattern {
  const fail = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const parts = /^(https?:)\/\/([^/?#:@\\\s]+)(?::(\d{1,5}))?(\/[^?#\\\s]*)$/.exec(text);
  const [, protocol, host = '', port = '', path = ''] = parts ?? [];
  if (protocol !== 'https:' && protocol !== 'http:') {
    return fail('must be a URL such as https://api.example.com/v1/*, without query');
  }
  if (host === '*' || !isHostPattern(host)) return fail('must name a host, or `*.` and a host');
  const isPrefix = path.endsWith('*');
  const plain = isPrefix ? path.slice(0, -1) : path;
  if (plain.includes('*')) return fail('may have a * at its end only');
  if (isPrefix && !plain.endsWith('/')) return fail('must have a / before the * at its end');
  const url = URL.parse(`${protocol}//x${plain}`);
  if (url?.pathname !== plain) return fail(`has a path that URLs spell ${url?.pathname}`);
  const standard = { 'https:': '443', 'http:': '80' }[protocol];
  return { text, protocol, host, port: port === standard ? '' : port, path: plain, isPrefix };
}

const arnPattern =
  /^(arn:aws[\w-]*:secretsmanager:([\w-]+):\d{12}:secret:[\w/+=.@-]{1,519})(?::([^:]{1,256}))?$/;

function readSource(text: string, context: z.core.$RefinementCtx): SecretSource {
  const [, name] = /^env:([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'environment', name };
  const [, arn, region, member] = arnPattern.exec(text) ?? [];
  if (arn !== undefined && region !== undefined) {
    return { kind: 'secrets-manager', arn, region, member: member ?? null };
  }
  context.addIssue({
    code: 'custom',
    message:
      'must be env:NAME, or the ARN of a secret of Secrets Manager (and :member of its JSON)',
  });
  return z.NEVER;
}

function readCode(text: string, context: z.core.$RefinementCtx): CodePattern {
  const [, hash] = /^sha256-([A-Za-z0-9+/]{43}=)$/.exec(text) ?? [];
  if (hash !== undefined) return { kind: 'hash', algorithm: 'sha256', hash };
  return { kind: 'url', pattern: readUrlPattern(text, context) };
}
