/** Reads secrets from AWS Secrets Manager. The SDK is loaded with the first of them. */

import { awsCredentials, prepareForAwsSdk } from '../../settings/aws.ts';

/** With one more try, where the first one fails in a way that passes: throttling, 5xx, no connection. */
const MAX_ATTEMPTS = 2;
/** A guest's request waits for it. */
const MAX_READ_MS = 5000;

export type ReadSecret = (arn: string, region: string) => Promise<string>;

/**
 * @param env environment variables with the credentials of the function's role; `HOME` is set where
 *   it is not, see {@link prepareForAwsSdk}
 * @returns a function that resolves with the secret's text, empty where the secret is binary, and
 *   rejects with the SDK's errors after {@link MAX_READ_MS} at the latest
 */
export function secretsManager(env: { [name: string]: string | undefined }): ReadSecret {
  return async (arn, region) => {
    prepareForAwsSdk(env);
    const { SecretsManagerClient, GetSecretValueCommand } = await import(
      '@aws-sdk/client-secrets-manager'
    );
    const credentials = awsCredentials(env);
    // One for each read, which come minutes apart: a connection would not live as long.
    const client = new SecretsManagerClient({
      region,
      maxAttempts: MAX_ATTEMPTS,
      ...(credentials && { credentials }),
    });
    const abortSignal = AbortSignal.timeout(MAX_READ_MS);
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), {
        abortSignal,
      });
      return SecretString ?? '';
    } catch (error) {
      throw abortSignal.aborted ? abortSignal.reason : error;
    } finally {
      client.destroy();
    }
  };
}
