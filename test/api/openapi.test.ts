import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { healthSchema } from '../../lambda/api/health.ts';
import { openApiDocument } from '../../lambda/api/openapi.ts';
import { executeRequest, requestSchema } from '../../lambda/api/request.ts';
import { responseSchema } from '../../lambda/api/response.ts';
import {
  batchErrorCodes,
  guestErrorCodes,
  type Json,
  requestErrorCodes,
} from '../../lambda/contract/errors.ts';
import { loadSettings } from '../../lambda/settings/settings.ts';

const settings = loadSettings({ ENGINE_MAX_TIMEOUT_MS: '12345' });
const request = requestSchema(settings);
const text = openApiDocument(request, '1.2.3');
const document = JSON.parse(text);
const { ExecuteRequest, ExecuteResponse } = document.components.schemas;
const execute = document.paths['/execute'].post;

/** Every schema in a schema that has a name, with that name. */
function fields(schema: { properties?: object; anyOf?: object[] }, path = ''): [string, Json][] {
  const nested = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    [`${path}${name}`, field] as [string, Json],
    ...fields(field, `${path}${name}.`),
  ]);
  return nested;
}

describe('the OpenAPI document', () => {
  test('names streams where answers may be some', () => {
    const contentOf = (document: string) =>
      Object.keys(JSON.parse(document).paths['/execute'].post.responses[200].content);
    expect(contentOf(text)).toEqual(['application/json']);
    expect(contentOf(openApiDocument(request, '1.2.3', true))).toEqual([
      'application/json',
      'text/event-stream',
      'application/x-ndjson',
    ]);
  });

  test('is OpenAPI 3.1 with the routes that there are', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('1.2.3');
    expect(Object.keys(document.paths)).toEqual(['/execute', '/health', '/openapi.json']);
  });

  test('has every reference it makes', () => {
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]*)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    expect(text).not.toMatch(/"\$(id|schema)"/);
  });

  test('describes each field of a request, with an example', () => {
    for (const [name, field] of fields(ExecuteRequest)) {
      const described = { name, ...(field as object) };
      expect(described).toHaveProperty('description');
      if (!/^limits(\.fetch)?$/.test(name)) expect(described).toHaveProperty('examples');
    }
    expect(ExecuteRequest.additionalProperties).toBe(false);
    expect(ExecuteRequest.oneOf).toEqual([{ required: ['url'] }, { required: ['code'] }]);
  });

  test('gives examples that the engine accepts', () => {
    for (const { value } of Object.values<{ value: Json }>(
      execute.requestBody.content['application/json'].examples,
    )) {
      expect(() => executeRequest(value, request, settings)).not.toThrow();
    }
    const { content } = execute.responses[200];
    for (const { value } of Object.values<{ value: Json }>(content['application/json'].examples)) {
      expect(responseSchema().safeParse(value).error).toBeUndefined();
    }
  });

  test("states the operator's own bounds", () => {
    expect(ExecuteRequest.properties.limits.properties.timeoutMs.maximum).toBe(12_345);
  });

  test('lists every error code, and every HTTP status that /execute answers with', () => {
    expect(ExecuteResponse.properties.error.anyOf[0].properties.code.enum).toEqual([
      ...guestErrorCodes,
      ...batchErrorCodes,
      ...requestErrorCodes,
    ]);
    expect(Object.keys(execute.responses)).toEqual([
      '200',
      '400',
      '403',
      '405',
      '413',
      '415',
      '422',
      '429',
      '500',
      '502',
      '503',
      '504',
    ]);
    expect(execute.responses[503].headers).toHaveProperty('Retry-After');
  });

  test('is made of valid JSON Schema that zod reads back', () => {
    for (const schema of Object.values<z.core.JSONSchema.BaseSchema>(document.components.schemas)) {
      expect(() => z.fromJSONSchema(schema)).not.toThrow();
    }
    const sandboxes = {
      size: 1,
      idle: 1,
      busy: 0,
      starting: 0,
      queued: 0,
      failedStarts: 0,
      replaced: 0,
      keptBytes: 0,
      maxKeptBytes: 0,
    };
    expect(healthSchema().safeParse({ status: 'ok', version: '1', sandboxes }).success).toBe(true);
  });
});
