/** What is wrong with a value, in plain words: of settings, and of requests. */

import type * as z from 'zod';

/** What a value of another type should have been, by zod's names of types. */
const wantedTypes: { readonly [expected: string]: string } = {
  array: 'must be an array',
  boolean: 'must be true or false',
  object: 'must be an object',
  record: 'must be an object',
  string: 'must be a string',
};

/** The text for what a schema has none of its own for. @returns `undefined`: zod's own one will do */
export function plainReason(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : wantedTypes[issue.expected];
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  }
  return undefined;
}
