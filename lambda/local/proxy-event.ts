/** HTTP requests as API Gateway's REST APIs hand them to a Lambda function. */

import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';

const stage = 'local';

/** The REST API proxy event (payload 1.0) of a request whose body has been read. */
export function proxyEvent(
  request: IncomingMessage,
  body: Buffer,
  requestId: string,
  now: Date,
): APIGatewayProxyEvent {
  const method = request.method ?? 'GET';
  const url = request.url ?? '/';
  const queryStart = url.indexOf('?');
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const { headers, multiValueHeaders } = headersOf(request.rawHeaders);
  // A REST API passes on text as it is and, where so configured, anything else in base64.
  const isText = isUtf8(body);
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders,
    ...queryOf(queryStart === -1 ? '' : url.slice(queryStart + 1)),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: null,
      httpMethod: method,
      identity: {
        accessKey: null,
        accountId: null,
        apiKey: null,
        apiKeyId: null,
        caller: null,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        user: null,
        userAgent: request.headers['user-agent'] ?? null,
        userArn: null,
      },
      path: `/${stage}${path}`,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      requestTimeEpoch: now.getTime(),
      resourceId: 'local',
      resourcePath: '/{proxy+}',
      stage,
    },
    body: body.length === 0 ? null : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** A repeated header or parameter has its last value in the first map, all of them in the second. */
function headersOf(raw: readonly string[]) {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    add(headers, multiValueHeaders, raw[index] ?? '', raw[index + 1] ?? '');
  }
  return { headers, multiValueHeaders };
}

function queryOf(query: string) {
  if (query === '') {
    return { queryStringParameters: null, multiValueQueryStringParameters: null };
  }
  const queryStringParameters: Record<string, string> = {};
  const multiValueQueryStringParameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    add(queryStringParameters, multiValueQueryStringParameters, name, value);
  }
  return { queryStringParameters, multiValueQueryStringParameters };
}

function add(
  single: Record<string, string>,
  multiple: Record<string, string[]>,
  name: string,
  value: string,
): void {
  if (name === '__proto__') return;
  single[name] = value;
  if (Object.hasOwn(multiple, name)) multiple[name]?.push(value);
  else multiple[name] = [value];
}
