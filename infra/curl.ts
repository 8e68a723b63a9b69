import type { Context } from './context/context.ts';
import { tenantHeader } from './tenancy.ts';

/** A small module of a public CDN whose function makes a random id of the given length. */
const request = {
  url: 'https://cdn.jsdelivr.net/npm/nanoid@5.1.6/non-secure/index.js',
  entrypoint: 'nanoid',
  input: 12,
};

export interface ExampleCurlOptions {
  /** Of the API, with its last slash. */
  readonly url: string;
  readonly region: string;
  /** Id of an API key, where the API asks for one. */
  readonly keyId: string | undefined;
}

/** A command that calls what was deployed, with the credentials that its options ask for. */
export function exampleCurl(context: Context, { url, region, keyId }: ExampleCurlOptions): string {
  const key = `aws apigateway get-api-key --include-value --query value --output text --api-key ${keyId}`;
  return [
    `curl ${url}execute`,
    `-H 'content-type: application/json'`,
    keyId === undefined ? '' : `-H "x-api-key: $(${key})"`,
    context.userPoolArns.length > 0 || context.authorizerFunctionArn !== null
      ? `-H "authorization: $TOKEN"`
      : '',
    ...tenantHeader(context).map((name) => `-H '${name}: me'`),
    context.iamAuthorization
      ? `--aws-sigv4 aws:amz:${region}:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"` +
        ` -H "x-amz-security-token: $AWS_SESSION_TOKEN"`
      : '',
    `-d '${JSON.stringify(request)}'`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
