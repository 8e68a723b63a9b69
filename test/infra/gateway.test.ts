import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { render } from 'velocityjs';
import { openApiDocument } from '../../lambda/api/openapi.ts';
import { executeRequest, requestSchema } from '../../lambda/api/request.ts';
import { responseSchema } from '../../lambda/api/response.ts';
import { MAX_LAMBDA_PAYLOAD_BYTES } from '../../lambda/settings/platform.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';
import { readEvent } from '../support/lambda/event.ts';
import { options, synthesize } from '../support/synthesis.ts';

const fast = { 'aws:cdk:disable-asset-staging': true };
const { template } = synthesize({
  ...fast,
  ...options['API keys'],
  ...options['Lambda authorizer'],
  ...options.CORS,
});
const settings = loadSettings({ AWS_LAMBDA_FUNCTION_NAME: 'engine' });
const document = JSON.parse(openApiDocument(requestSchema(settings), '1.2.3'));

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseParameters: Readonly<Record<string, string>>;
  readonly ResponseTemplates: { readonly 'application/json': string };
}

const responses: readonly GatewayResponse[] = Object.values(
  template.findResources('AWS::ApiGateway::GatewayResponse'),
).map(({ Properties }) => Properties);

/** The status that API Gateway gives where the response names none. */
const ownStatus: Readonly<Record<string, number>> = {
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  QUOTA_EXCEEDED: 429,
  DEFAULT_4XX: 403,
};

describe("API Gateway's own answers", () => {
  const statusOf = ({ StatusCode, ResponseType }: GatewayResponse) =>
    StatusCode ?? String(ownStatus[ResponseType]);

  test.each(responses.map((response) => [response.ResponseType, response] as const))(
    '%s has a body of the published schema, whatever API Gateway puts into it',
    (_, response) => {
      const body = render(response.ResponseTemplates['application/json'], {
        context: {
          requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
          // A JSON string with its quotes, as API Gateway has it.
          error: { messageString: JSON.stringify('A "quoted" \\ message\nof two lines') },
        },
      });
      const parsed = responseSchema().safeParse(JSON.parse(body));
      expect(parsed.error).toBeUndefined();
      expect(parsed.data?.metadata.requestId).toBe('c6af9ac6-7b61-11e6-9a41-93e8deadbeef');
      expect(body).not.toContain('$');
    },
  );

  test.each(responses.map((response) => [response.ResponseType, response] as const))(
    '%s has the request id, and pages may read it and when to try again',
    (_, { ResponseParameters: headers }) => {
      expect(headers).toMatchObject({
        'gatewayresponse.header.x-request-id': 'context.requestId',
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
        'gatewayresponse.header.Access-Control-Expose-Headers': "'retry-after, x-request-id'",
      });
    },
  );

  test('those that ask for patience say for how long', () => {
    const patient = responses.filter(
      ({ ResponseParameters: headers }) => 'gatewayresponse.header.Retry-After' in headers,
    );
    expect(patient.map((response) => [response.ResponseType, statusOf(response)]).sort()).toEqual([
      ['INTEGRATION_FAILURE', '503'],
      ['INTEGRATION_TIMEOUT', '504'],
      ['QUOTA_EXCEEDED', '429'],
      ['THROTTLED', '429'],
    ]);
    for (const { ResponseTemplates } of patient) {
      expect(ResponseTemplates['application/json']).toContain('"code":"OVERLOADED"');
    }
  });

  test('their statuses and codes stand in the OpenAPI document, on every route', () => {
    const onEvery = ['THROTTLED', 'DEFAULT_4XX', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT'];
    for (const response of responses.filter(({ ResponseType }) => onEvery.includes(ResponseType))) {
      const { code } = JSON.parse(
        render(response.ResponseTemplates['application/json'], {
          context: { requestId: '', error: { messageString: '""' } },
        }),
      ).error;
      for (const path of Object.values<Record<string, { responses: object }>>(document.paths)) {
        for (const operation of Object.values(path)) {
          expect(operation.responses).toHaveProperty(
            [statusOf(response), 'description'],
            expect.stringContaining(`\`${code}\``),
          );
          expect(operation.responses).toHaveProperty([
            statusOf(response),
            'headers',
            'x-request-id',
          ]);
        }
      }
    }
    expect(document.paths['/execute'].post.responses[429].headers).toHaveProperty('Retry-After');
  });
});

describe('the check of API Gateway before an invocation', () => {
  const [model] = Object.values(template.findResources('AWS::ApiGateway::Model'));
  // Its CommonJS module is what is exported.
  const Ajv = createRequire(import.meta.url)('ajv-draft-04').default;
  const validate = new Ajv({ strict: false }).compile(model?.Properties.Schema);

  test.each([
    { url: 'https://example.com/a.js' },
    { code: '1 + 1' },
    { code: { base64: 'AGFzbQ==' }, input: { a: [1, null] } },
    { url: `https://example.com/${'a'.repeat(2028)}` },
  ])('lets %j pass, as the function does', (body) => {
    expect(validate(body)).toBe(true);
    expect(() => executeRequest(body, requestSchema(settings), settings)).not.toThrow();
  });

  test.each([
    {},
    [],
    null,
    'https://example.com/a.js',
    { url: '' },
    { url: 7 },
    { url: `https://example.com/${'a'.repeat(2029)}` },
    { code: 7 },
    { url: 'https://example.com/a.js', code: '1' },
  ])('refuses %j, as the function does', (body) => {
    expect(validate(body)).toBe(false);
    expect(() => executeRequest(body, requestSchema(settings), settings)).toThrow();
  });
});

describe('rates', () => {
  test('are those of executions, as API Gateway counts each method by itself', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const rates = stage?.Properties.MethodSettings.map(
      (method: Readonly<Record<string, unknown>>) => [
        `${method.HttpMethod} ${method.ResourcePath}`,
        method.ThrottlingRateLimit,
        method.ThrottlingBurstLimit,
        method.LoggingLevel,
        method.DataTraceEnabled,
        method.MetricsEnabled,
      ],
    );
    expect(rates).toEqual([
      ['* /*', 10, 20, 'ERROR', false, undefined],
      ['POST /~1execute', 50, 100, 'ERROR', false, undefined],
      ['OPTIONS /~1execute', 50, 100, 'ERROR', false, undefined],
    ]);
  });
});

describe('a body of the most bytes that the function takes', () => {
  test.each([
    ['quotes', '\\"'],
    ['backslashes', '\\\\'],
    ['line ends around it', '\n'],
    ['Chinese', '漢'],
  ])('arrives, even if it is all %s', (_, unit) => {
    const room = settings.maxRequestBytes - 100;
    const filling = unit.repeat(Math.floor(room / Buffer.byteLength(unit)));
    const body = unit === '\n' ? `${filling}{"code":"1"}` : `{"code":"${filling}"}`;
    expect(() => JSON.parse(body)).not.toThrow();
    // API Gateway takes 10,240 bytes of headers, and has them twice in the event.
    const header = { 'x-long': '"'.repeat(10_240) };
    const event = readEvent('execute-rest.json');
    const payload = JSON.stringify({
      ...event,
      headers: header,
      multiValueHeaders: { 'x-long': Object.values(header) },
      body,
    });
    expect(Buffer.byteLength(payload)).toBeLessThan(MAX_LAMBDA_PAYLOAD_BYTES);
  });
});
