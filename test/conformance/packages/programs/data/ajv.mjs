import Ajv from 'ajv';

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  verbose: false,
});
ajv.addFormat('even', { type: 'number', validate: (n) => n % 2 === 0 });
ajv.addKeyword({
  keyword: 'divides',
  type: 'number',
  validate: (schema, data) => schema % data === 0,
});
ajv.addSchema({
  $id: 'node.json',
  type: 'object',
  required: ['value'],
  properties: { value: { type: 'integer', format: 'even' }, next: { $ref: 'node.json' } },
});

const validate = ajv.compile({
  type: 'object',
  properties: {
    list: { $ref: 'node.json' },
    size: { enum: ['s', 'm', { custom: true }] },
    step: { type: 'number', divides: 12 },
    text: { type: 'string', minLength: 2, maxLength: 3, pattern: '^\\p{L}+$' },
    pair: {
      type: 'array',
      items: [{ type: 'string' }, { type: 'number' }],
      minItems: 2,
      additionalItems: false,
    },
    contact: { oneOf: [{ required: ['mail'] }, { required: ['phone'] }] },
  },
  patternProperties: { '^x-': { type: 'boolean' } },
  additionalProperties: false,
  if: { properties: { size: { const: 's' } }, required: ['size'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['text'] },
});
const check = (data) => [validate(data), validate.errors];

export default [
  check({
    list: { value: 2, next: { value: 4 } },
    size: { custom: true },
    step: 4,
    text: 'äöü',
    pair: ['a', 1],
    'x-a': true,
  }),
  check({
    list: { value: 3, next: {} },
    size: 's',
    step: 5,
    pair: ['a'],
    contact: { mail: 1, phone: 2 },
    other: 1,
    'x-b': 0,
  }),
  check({ text: '💩' }),
];
