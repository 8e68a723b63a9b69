/**
 * What the AWS SDK is given. It is bundled without its own ways to find credentials: it gets those that
 * Lambda has put into the environment.
 */

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @returns `undefined` where the environment has none: what is then sent fails */
export function awsCredentials(env: {
  readonly [name: string]: string | undefined;
}): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

const NO_FOLDER = '/nonexistent';

/**
 * Sets `HOME` where it is not, before the SDK is loaded. The SDK looks for files there whatever it is
 * given; where there is no such folder, that ends in a rejection which nobody can catch, and with it
 * the process.
 */
export function prepareForAwsSdk(env: { [name: string]: string | undefined }): void {
  env.HOME ??= NO_FOLDER;
}
