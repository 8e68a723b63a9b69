/** Makes the types of the client from the OpenAPI document, so that they cannot but agree with it. */

import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { openApiDocument } from '../lambda/api/openapi.ts';
import { requestSchema } from '../lambda/api/request.ts';
import { loadSettings } from '../lambda/settings/settings.ts';

const names = ['ExecuteRequest', 'ExecuteResponse'] as const;

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<(typeof names)[number], JSONSchema>> };
}

/** @returns the text of `lambda/client/wire.ts` */
export async function clientTypes(): Promise<string> {
  const document = JSON.parse(openApiDocument(requestSchema(loadSettings({})), '')) as OpenApi;
  const texts: string[] = [];
  for (const name of names) {
    const schema = document.components.schemas[name];
    prepare(schema);
    texts.push(
      await compile(schema, name, {
        additionalProperties: false,
        ignoreMinAndMaxItems: true,
        bannerComment: '',
        style: { singleQuote: true, printWidth: 100 },
      }),
    );
  }
  return [
    '/** What goes over the wire. `npm run packages` makes this file from the OpenAPI document. */\n',
    ...texts,
  ].join('\n');
}

/** Gives the schemas that allow any value their type, and leaves out what types cannot express. */
function prepare(schema: JSONSchema): void {
  delete schema.examples;
  if (schema.type === 'object' && schema.properties !== undefined) {
    delete schema.allOf;
    delete schema.anyOf;
    delete schema.oneOf;
    delete schema.not;
    delete schema.dependencies;
  }
  const isAny = Object.keys(schema).every((key) => key === 'description');
  if (isAny) schema.tsType = 'unknown';
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    schema.items,
    schema.additionalProperties,
  ];
  for (const part of parts) {
    if (typeof part === 'object' && !Array.isArray(part)) prepare(part);
  }
}
