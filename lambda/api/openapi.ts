/** The OpenAPI 3.1 document, made from the schemas that requests and tests are checked with. */

import * as z from 'zod';
import { type ErrorCode, requestErrorCodes } from '../contract/errors.ts';
import { allLanguages } from '../contract/languages.ts';
import { statusOf } from '../contract/status.ts';
import { streamTypes } from './accept.ts';
import { healthSchema } from './health.ts';
import type { RequestSchema } from './request.ts';
import { responseSchema } from './response.ts';

const reasons: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `details` lists path and reason.',
  403: 'The scheme, host, port or address of the URL is not permitted, or code in a request is not; or API Gateway does not know the caller.',
  404: 'There is no such path.',
  405: 'The path has no such method; `Allow` lists those it has.',
  413: 'The request body or the code is too large.',
  415: 'The body is not `application/json`.',
  422: 'The code cannot be run, or is not what `integrity` says.',
  500: 'A defect of the engine; its log has the cause under `metadata.requestId`.',
  502: 'The code could not be downloaded.',
  429: 'A rate or the quota of the key is reached; try again after `Retry-After` seconds.',
  503: 'Too many executions are under way, or no sandbox starts; try again after `Retry-After` seconds.',
  504: 'The download took too long; or the answer did.',
};

/** What API Gateway answers by itself, whatever the route, with statuses that are its own. */
const gatewayErrors: readonly (readonly [status: number, code: ErrorCode])[] = [
  [403, 'FORBIDDEN'],
  [429, 'OVERLOADED'],
  [503, 'OVERLOADED'],
  [504, 'OVERLOADED'],
];

/**
 * The document as JSON text.
 * @param request the schema in use, so that its bounds are the operator's
 * @param streams whether answers may be streams
 */
export function openApiDocument(request: RequestSchema, version: string, streams = false): string {
  const schemas = z.registry<{ id: string }>();
  schemas.add(request, { id: 'ExecuteRequest' });
  schemas.add(responseSchema(), { id: 'ExecuteResponse' });
  schemas.add(healthSchema(), { id: 'Health' });
  const languageNames = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    allLanguages.map(({ label }) => label),
  );
  const components = z.toJSONSchema(schemas, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
  }).schemas;
  return JSON.stringify({
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Script engine',
      version,
      description: `Runs ${languageNames} from a URL or a request in a strict sandbox and returns a structured result.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths: {
      '/execute': {
        post: {
          operationId: 'execute',
          summary: 'Run code',
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/ExecuteRequest' },
                examples: requestExamples,
              },
            },
          },
          responses: {
            200: {
              description:
                'The code ran: to its end (`status` is `success`), or to an error of its own.',
              content: {
                ...executeContent({ success: successExample, error: guestErrorExample }),
                ...(streams && streamContent),
              },
            },
            ...errorResponses(executeErrors),
          },
        },
      },
      '/health': {
        get: {
          operationId: 'health',
          summary: 'State of the function that answers',
          responses: {
            ...errorResponses([]),
            200: { description: 'At least one sandbox is up or starting.', content: healthContent },
            503: {
              description: 'No sandbox is up, and the last one failed to start; or `OVERLOADED`.',
              headers: requestIdHeader,
              content: {
                'application/json': { schema: { anyOf: [healthReference, executeReference] } },
              },
            },
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'openapi',
          summary: 'This document',
          responses: {
            200: {
              description: 'OpenAPI 3.1.',
              content: { 'application/json': { schema: { type: 'object' } } },
            },
            ...errorResponses([]),
          },
        },
      },
    },
    components: { schemas: Object.fromEntries(Object.entries(components).map(withoutIds)) },
  });
}

/** The document states both once, for all of its schemas. */
function withoutIds([name, schema]: [string, object]): [string, object] {
  const { $id, $schema, ...rest } = schema as { $id?: string; $schema?: string };
  return [name, rest];
}

const executeErrors = requestErrorCodes.filter((code) => code !== 'NOT_FOUND');

/** @param codes what the route itself answers with, besides the errors of API Gateway */
function errorResponses(codes: readonly ErrorCode[]): Record<number, object> {
  const errors = [...codes.map((code) => [statusOf[code], code] as const), ...gatewayErrors];
  const byStatus = Map.groupBy(errors, ([status]) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => {
      const names = new Set(ofStatus.map(([, code]) => `\`${code}\``));
      return [
        status,
        {
          description: `${[...names].join(', ')}: ${reasons[status] ?? ''}`,
          headers: { ...requestIdHeader, ...(ofStatus.some(isOverload) && retryAfterHeader) },
          content: executeContent(),
        },
      ];
    }),
  );
}

function isOverload([, code]: readonly [number, ErrorCode]): boolean {
  return code === 'OVERLOADED';
}

const requestIdHeader = {
  'x-request-id': {
    schema: { type: 'string' },
    description: 'What all logs know the request by.',
  },
};
const retryAfterHeader = {
  'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' },
};

function executeContent(examples: Readonly<Record<string, object>> = {}) {
  return {
    'application/json': {
      schema: executeReference,
      ...(Object.keys(examples).length > 0 && { examples }),
    },
  };
}

/** What `Accept` may ask for. */
const streamContent = {
  [streamTypes.events]: {
    schema: {
      type: 'string',
      description:
        'Server-sent events while the code runs: `start`, then `stdout` and `stderr` (`{ "text" }`), `log` and `item` as they happen, at last `end`, whose data is that of the answer in JSON, without what was printed.',
    },
  },
  [streamTypes.lines]: {
    schema: {
      type: 'string',
      description: 'The same events, a line `{ "event", "data" }` each.',
    },
  },
} as const;

const executeReference = { $ref: '#/components/schemas/ExecuteResponse' };
const healthReference = { $ref: '#/components/schemas/Health' };
const healthContent = { 'application/json': { schema: healthReference } };

const requestExamples = {
  inline: {
    summary: 'Code in the request, with a module',
    value: {
      code: 'import { tax } from "./lib/tax.js"; export default ({ sum }) => sum + tax(sum)',
      modules: { 'lib/tax.js': 'export const tax = (sum) => sum * 0.2;' },
      input: { sum: 50 },
    },
  },
  script: { summary: 'A script', value: { url: 'https://example.com/hello.js' } },
  module: {
    summary: 'A module with input and limits of its own',
    value: {
      url: 'https://example.com/greet.mjs',
      input: { name: 'Ada' },
      limits: { timeoutMs: 1000, fetch: { maxRequests: 0 } },
    },
  },
  inputs: {
    summary: 'Many inputs, a run for each',
    value: {
      code: 'export default ({ price, count }) => price * count',
      inputs: [
        { price: 3, count: 2 },
        { price: 5, count: 1 },
      ],
    },
  },
  wasi: {
    summary: 'A WASI program with arguments, a file, and a file that it writes',
    value: {
      url: 'https://example.com/wordcount.wasm',
      args: ['in.txt'],
      files: { 'in.txt': 'to be or not to be' },
      outputs: ['out.txt'],
    },
  },
  entrypoint: {
    summary: 'A function of a WebAssembly module',
    value: {
      url: 'https://example.com/loan.wasm',
      entrypoint: 'payment',
      args: ['250000', '0.035', '360'],
    },
  },
};

const metadataExample = {
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  url: 'https://example.com/hello.js',
  codeType: 'javascript',
  detectedBy: 'content-type',
  timestamp: '2026-11-22T07:00:00.000Z',
  executionTimeMs: 1.24,
  downloadTimeMs: 18.7,
  cpuTimeMs: 1.1,
  memoryPeakBytes: 1_900_544,
  resourceSizeBytes: 312,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  exitCode: null,
  fetch: { requests: 0, bytesSent: 0, bytesReceived: 0 },
  imports: { requests: 0, bytesReceived: 0, timeMs: 0 },
  missingOutputs: [],
  truncated: { stdout: false, stderr: false, logs: false, files: false, error: false },
};

const successExample = {
  summary: 'The code ran to its end',
  value: {
    status: 'success',
    result: { answer: 42 },
    stdout: 'Hello\n',
    stderr: '',
    logs: [
      { level: 'info', message: 'started', timestamp: '2026-11-22T07:00:00.000Z', fields: {} },
    ],
    files: [],
    error: null,
    metadata: metadataExample,
  },
};

const guestErrorExample = {
  summary: 'The code threw',
  value: {
    status: 'error',
    result: null,
    stdout: 'Hello\n',
    stderr: '',
    logs: [],
    files: [],
    error: {
      code: 'RUNTIME_ERROR',
      name: 'TypeError',
      message: "cannot read property 'name' of undefined",
      stack: '    at greet (https://example.com/hello.js:2:14)',
      details: null,
    },
    metadata: metadataExample,
  },
};
