import * as z from 'zod';

const Address = z.object({ street: z.string().min(1), zip: z.string().regex(/^\d{5}$/) });
const Order = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime().transform((text) => new Date(text).getTime()),
    customer: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('person'), name: z.string().trim().toUpperCase() }),
      z.strictObject({ kind: z.literal('company'), vat: z.templateLiteral(['DE', z.number()]) }),
    ]),
    lines: z
      .array(z.object({ sku: z.string(), count: z.coerce.number().int().positive().default(1) }))
      .nonempty(),
    address: Address.optional(),
    tags: z.record(z.string(), z.enum(['a', 'b'])).readonly(),
  })
  .refine(({ lines }) => lines.length < 3, { error: 'too many lines', path: ['lines'] });

const order = {
  id: '7d444840-9dc0-4d1c-8a5a-5a1c1f6e0f5c',
  at: '2026-01-02T03:04:05Z',
  customer: { kind: 'company', vat: 'DE123' },
  lines: [{ sku: 'x', count: '3' }, { sku: 'y' }],
  tags: { t: 'a' },
};
const wrong = Order.safeParse({
  ...order,
  id: '1',
  at: 'now',
  customer: { kind: 'robot' },
  lines: [],
  tags: { t: 'c' },
  address: { zip: 'x' },
});

export default [
  Order.parse(order),
  wrong.error.issues,
  z.prettifyError(wrong.error),
  z.treeifyError(wrong.error),
  z.toJSONSchema(Address),
  await z
    .string()
    .refine(async (text) => text === 'later')
    .safeParseAsync('now')
    .then(({ success }) => success),
];
