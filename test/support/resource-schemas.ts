/** CloudFormation's own schemas of resources, and what of a template does not fit them. */

import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

const schemas = loadAwsServiceSpecSync();

type Value = unknown;
type Properties = Readonly<
  Record<string, { readonly type: SchemaType; readonly required?: boolean }>
>;

/** The part of the specification's types that is read here. */
type SchemaType =
  | { readonly type: 'array' | 'map'; readonly element: SchemaType }
  | { readonly type: 'union'; readonly types: readonly SchemaType[] }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | {
      readonly type:
        | 'string'
        | 'number'
        | 'integer'
        | 'boolean'
        | 'json'
        | 'tag'
        | 'date-time'
        | 'null';
    };

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Value>>;
}

/** Each property that its resource does not have, lacks, or has another type of value for. */
export function schemaFaults(template: { readonly Resources: Readonly<Record<string, Resource>> }) {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties: given = {} }]) => {
    const schema = schemas.lookup('resource', 'cloudFormationType', 'equals', Type)[0];
    if (schema === undefined) return [`${id}: there is no ${Type}`];
    return faultsOf(given, schema.properties as Properties, `${id} (${Type})`);
  });
}

function faultsOf(given: object, properties: Properties, place: string): string[] {
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required === true && !(name in given))
    .map(([name]) => `${place} lacks ${name}`);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const property = properties[name];
    return property === undefined
      ? [`${place} has no ${name}`]
      : valueFaults(value, property.type, `${place}.${name}`);
  });
  return [...missing, ...wrong];
}

function valueFaults(value: Value, schema: SchemaType, place: string): string[] {
  if (isIntrinsic(value)) return [];
  switch (schema.type) {
    case 'array':
      if (!Array.isArray(value)) return [`${place} is no list`];
      return value.flatMap((item, index) =>
        valueFaults(item, schema.element, `${place}[${index}]`),
      );
    case 'map':
      if (!isObject(value)) return [`${place} is no map`];
      return Object.entries(value).flatMap(([key, item]) =>
        valueFaults(item, schema.element, `${place}.${key}`),
      );
    case 'union': {
      const faults = schema.types.map((type) => valueFaults(value, type, place));
      return faults.find((found) => found.length === 0) ?? faults[0] ?? [];
    }
    case 'ref': {
      if (!isObject(value)) return [`${place} is no object`];
      const { properties } = schemas.get('typeDefinition', schema.reference.$ref);
      return faultsOf(value, properties as Properties, place);
    }
    case 'string':
    case 'date-time':
      return typeof value === 'string' ? [] : [`${place} is no text`];
    case 'number':
    case 'integer':
      return typeof value === 'number' ? [] : [`${place} is no number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${place} is neither true nor false`];
    default:
      return [];
  }
}

/** `{ "Ref": … }` and the like, which CloudFormation replaces. */
function isIntrinsic(value: Value): boolean {
  if (!isObject(value)) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && name !== undefined && /^(Ref|Fn::\w+)$/.test(name);
}

function isObject(value: Value): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
