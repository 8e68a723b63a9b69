/**
 * AWS Secrets Manager as its clients see it: AWS JSON 1.1, `GetSecretValue`, requests signed with
 * Signature Version 4, which is computed again here, and the errors that the service answers with.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */

import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from './loopback.ts';

/** What {@link SecretsManager} knows its caller by, as variables of Lambda's environment. */
export const callerVariables = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'AQoDYXdzEPTexampletoken',
} as const;

/** How the service answers other than with the secret. */
export type Fault =
  | 'AccessDeniedException'
  | 'DecryptionFailure'
  | 'InternalServiceError'
  | 'ResourceNotFoundException'
  | 'ThrottlingException'
  /** A load balancer's page, which is no JSON. */
  | 'unavailable'
  /** The connection ends without an answer. */
  | 'reset'
  /** It never answers. */
  | 'silent';

export interface SecretsManager {
  readonly url: string;
  /** Texts by ARN; `null`: a secret that is binary. Changing one is a rotation. */
  readonly secrets: Map<string, string | null>;
  /** What each request asked for, those that were refused included. */
  readonly asked: readonly string[];
  /** Faults of the next requests, one each; then it works again. */
  readonly faults: Fault[];
  close(): Promise<void>;
}

const MAX_CLOCK_SKEW_MS = 300_000;

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string | null>();
  const asked: string[] = [];
  const faults: Fault[] = [];

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const fail = (status: number, type: string, message: string): void => {
      outgoing.writeHead(status, {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': randomUUID(),
      });
      outgoing.end(JSON.stringify({ __type: type, Message: message }));
    };
    const { 'x-amz-target': target, 'content-type': type } = incoming.headers;
    if (incoming.method !== 'POST' || incoming.url !== '/') return fail(404, 'NotFound', '');
    if (target !== 'secretsmanager.GetSecretValue' || type !== 'application/x-amz-json-1.1') {
      return fail(400, 'UnknownOperationException', '');
    }
    const { SecretId = '' } = JSON.parse(body) as { readonly SecretId?: string };
    asked.push(SecretId);
    const refusal = signatureProblem(incoming, body, SecretId.split(':')[3] ?? '');
    if (refusal !== null) return fail(400, ...refusal);
    const fault = faults.shift();
    if (fault === 'silent') return;
    if (fault === 'reset') return void incoming.socket.resetAndDestroy();
    if (fault === 'unavailable') {
      outgoing.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Unavailable</h1>');
      return;
    }
    if (fault !== undefined) {
      return fail(fault === 'InternalServiceError' ? 500 : 400, fault, `${fault} of ${SecretId}`);
    }
    const secret = secrets.get(SecretId);
    if (secret === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      return fail(400, 'ResourceNotFoundException', message);
    }
    outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(
      JSON.stringify({
        ARN: SecretId,
        Name: SecretId.split(':').at(-1)?.slice(0, -7),
        CreatedDate: 1_764_000_000.123,
        VersionId: randomUUID(),
        VersionStages: ['AWSCURRENT'],
        ...(secret === null
          ? { SecretBinary: Buffer.from('binary').toString('base64') }
          : { SecretString: secret }),
      }),
    );
  }

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, secrets, asked, faults, close };
}

/** @returns the service's error where the request is not signed as it must be */
function signatureProblem(
  { headers, rawHeaders }: IncomingMessage,
  body: string,
  region: string,
): [type: string, message: string] | null {
  const { authorization = '', 'x-amz-date': date = '' } = headers;
  const [, key, scope, names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(
      authorization,
    ) ?? [];
  if (signature === undefined) return ['MissingAuthenticationTokenException', 'No signature'];
  const hasToken = headers['x-amz-security-token'] === callerVariables.AWS_SESSION_TOKEN;
  if (key !== callerVariables.AWS_ACCESS_KEY_ID || !hasToken) {
    return [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ];
  }
  const time = String(date);
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (!(Math.abs(Date.parse(iso) - Date.now()) < MAX_CLOCK_SKEW_MS)) {
    return ['InvalidSignatureException', 'Signature not yet current, or expired'];
  }
  const day = time.slice(0, 8);
  if (scope !== `${day}/${region}/secretsmanager/aws4_request`) {
    return ['InvalidSignatureException', `The scope is ${scope}`];
  }
  const signed = names.split(';');
  const needed = ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
  const missing = needed.find((name) => !signed.includes(name));
  if (missing !== undefined) return ['InvalidSignatureException', `${missing} is not signed`];
  const hash = (value: string): string => createHash('sha256').update(value).digest('hex');
  const headerOf = (name: string): string =>
    rawHeaders
      .flatMap((given, index) =>
        index % 2 === 0 && given.toLowerCase() === name ? [rawHeaders[index + 1]?.trim()] : [],
      )
      .join(',');
  const canonical = ['POST', '/', '', ...signed.map((name) => `${name}:${headerOf(name)}`)];
  const request = [...canonical, '', names, hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\n');
  const parts = [day, region, 'secretsmanager', 'aws4_request', toSign];
  const expected = parts.reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${callerVariables.AWS_SECRET_ACCESS_KEY}`),
  );
  if (expected.toString('hex') !== signature) {
    return ['InvalidSignatureException', 'The signature is another one'];
  }
  return null;
}
