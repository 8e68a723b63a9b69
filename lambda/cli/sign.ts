/** Signs requests to an API with IAM authorization (AWS Signature Version 4), by the environment's keys. */

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ClientOptions } from '../client/client.ts';

/** @returns `null` where the environment has no credentials, or no region is known */
export function signerOf(
  endpoint: string,
  env: { readonly [name: string]: string | undefined },
): ClientOptions['sign'] | null {
  const { hostname } = new URL(endpoint);
  const [, ofHost] = /\.execute-api\.([\w-]+)\.amazonaws\.com/.exec(hostname) ?? [];
  const region = ofHost ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey || !region) return null;
  const sessionToken = env.AWS_SESSION_TOKEN;
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  });
  return async ({ url, method, headers, body }) => {
    const { protocol, host, pathname } = new URL(url);
    const signed = await signer.sign({
      method,
      protocol,
      hostname: host,
      path: pathname,
      headers: { ...headers, host },
      body,
    });
    const { host: _, ...rest } = signed.headers;
    return rest;
  };
}
