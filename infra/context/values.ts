import { Token } from 'aws-cdk-lib';
import { z } from 'zod';

/**
 * Kinds of values in the context. Values given with `-c` are strings, so each kind also has a
 * spelling as text: a list's items have commas between them, and an empty text is an empty list or
 * an option that is off.
 */

/** A value as JSON spells it: `true`, `7`. */
export function fromText<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }, schema);
}

/** Items with commas between them; each may be there once only. */
export function listOf<Item extends z.ZodType<string>>(item: Item) {
  const items = z.array(item).refine((values) => new Set(values).size === values.length, {
    error: ({ input }) => `has ${repeated(input as string[])} more than once`,
  });
  return z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((text) => text.trim())
            .filter((text) => text !== '')
        : value,
    items,
  );
}

function repeated(values: readonly string[]): string {
  return values.filter((value, index) => values.indexOf(value) !== index).join(', ');
}

/** `null`: the option is off. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? null : value), schema.nullable());
}

/**
 * A text of that form, or one that is known at the deployment only: what another construct has of
 * itself, such as `topic.topicArn`.
 */
export function textLike(pattern: RegExp, problem: string) {
  return z
    .string()
    .refine((text) => Token.isUnresolved(text) || pattern.test(text), { error: problem });
}

/** @param rest a regular expression for what follows region and account */
export function arn(service: string, rest: string, what: string) {
  const pattern = new RegExp(String.raw`^arn:aws[\w-]*:${service}:[a-z0-9-]+:\d{12}:${rest}$`);
  return textLike(pattern, `is not the ARN of ${what}`);
}

/** A name that DNS and certificates know: no scheme, no path, no port. */
export const domainNameText = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    'is not a domain name such as run.example.com',
  );
