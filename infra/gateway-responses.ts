import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { errorName, type RequestErrorCode } from '../lambda/contract/errors.ts';
import { emptyMetadata } from '../lambda/contract/failed-execution.ts';
import { exposedHeaders } from '../lambda/contract/headers.ts';
import type { Context } from './context/context.ts';

interface Refusal {
  readonly type: ResponseType;
  readonly status?: number;
  readonly code: RequestErrorCode;
  readonly message: string;
  readonly details?: readonly { readonly path: string; readonly reason: string }[];
  readonly retryAfterSeconds?: number;
}

/** API Gateway's own message: a JSON string, with its quotes. */
const gatewayMessage = '$context.error.messageString';
const requestBody =
  'must be a JSON object that has either url, a string of 1 to 2,048 characters, or code';

const refusals: readonly Refusal[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    code: 'INVALID_REQUEST',
    message: `The body ${requestBody}.`,
    details: [{ path: '', reason: requestBody }],
  },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, code: 'INVALID_REQUEST', message: gatewayMessage },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    code: 'REQUEST_TOO_LARGE',
    message: 'The request is over the 10 MB that API Gateway takes.',
  },
  {
    type: ResponseType.of('UNSUPPORTED_MEDIA_TYPE'),
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'The body must be application/json.',
  },
  {
    type: ResponseType.RESOURCE_NOT_FOUND,
    code: 'NOT_FOUND',
    message: 'There is no such route.',
  },
  {
    type: ResponseType.THROTTLED,
    code: 'OVERLOADED',
    message: 'Too many requests: the rate limit of the API or of this key is reached.',
    retryAfterSeconds: 1,
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    code: 'OVERLOADED',
    message: 'The daily quota of this API key is used up.',
    retryAfterSeconds: 3600,
  },
  {
    // Lambda has not taken the request, as a rule since all of the concurrency is in use.
    type: ResponseType.INTEGRATION_FAILURE,
    status: 503,
    code: 'OVERLOADED',
    message: 'Lambda took no request: as many as it may run here at once are under way. Try again.',
    retryAfterSeconds: 1,
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: 504,
    code: 'OVERLOADED',
    message: 'No answer within the time that API Gateway waits. Ask for less, or try again.',
    retryAfterSeconds: 1,
  },
  { type: ResponseType.DEFAULT_4XX, code: 'FORBIDDEN', message: gatewayMessage },
  {
    type: ResponseType.DEFAULT_5XX,
    status: 500,
    code: 'INTERNAL_ERROR',
    message: 'The engine failed to answer. The cause is in its log under the same request id.',
  },
];

/** What API Gateway answers where there is no such route, and to a request that is not signed. */
const noSuchRoute: Refusal = {
  type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is no such route.',
};

/** Where callers have tokens: 401 by default, unlike a key or a signature that is missing. */
const noToken: Refusal = {
  type: ResponseType.UNAUTHORIZED,
  status: 403,
  code: 'FORBIDDEN',
  message: 'The token is missing, is over, or is not accepted here.',
};

/** Where the operator's own function says who may call: its fault is in no log of the engine. */
const authorizerFailures: readonly Refusal[] = [
  'AUTHORIZER_FAILURE',
  'AUTHORIZER_CONFIGURATION_ERROR',
].map((type) => ({
  type: ResponseType.of(type),
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'Whether you may call could not be found out: the authorizer of this API failed.',
}));

/** Gives the errors of API Gateway itself the same body as those of the engine. */
export function addGatewayResponses(restApi: RestApi, context: Context): void {
  const all = [
    ...refusals,
    ...(context.iamAuthorization ? [] : [noSuchRoute]),
    ...(context.userPoolArns.length > 0 || context.authorizerFunctionArn !== null ? [noToken] : []),
    ...(context.authorizerFunctionArn === null ? [] : authorizerFailures),
  ];
  for (const refusal of all) {
    restApi.addGatewayResponse(refusal.type.responseType, {
      type: refusal.type,
      ...(refusal.status !== undefined && { statusCode: String(refusal.status) }),
      responseHeaders: headers(refusal, context),
      templates: { 'application/json': body(refusal) },
    });
  }
}

function headers(refusal: Refusal, { engine: { corsOrigins } }: Context): Record<string, string> {
  const [origin, ...others] = corsOrigins;
  return {
    'x-request-id': 'context.requestId',
    ...(refusal.retryAfterSeconds !== undefined && {
      'Retry-After': `'${refusal.retryAfterSeconds}'`,
    }),
    // The header takes one origin, and there is no logic here to pick it from several.
    ...(origin !== undefined &&
      others.length === 0 && {
        'Access-Control-Allow-Origin': `'${origin}'`,
        'Access-Control-Expose-Headers': `'${exposedHeaders}'`,
      }),
  };
}

function body({ code, message, details }: Refusal): string {
  // API Gateway knows the time in no format that the engine uses.
  const known = emptyMetadata({ requestId: '$context.requestId', url: null, timestamp: '' });
  const metadata = { ...known, timestamp: null };
  const response = {
    status: 'error',
    result: null,
    stdout: '',
    stderr: '',
    logs: [],
    files: [],
    error: { code, name: errorName(code), message, stack: null, details: details ?? null },
    metadata,
  };
  return JSON.stringify(response).replace(`"${gatewayMessage}"`, gatewayMessage);
}
