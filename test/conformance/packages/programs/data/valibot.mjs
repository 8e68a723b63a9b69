import * as v from 'valibot';

const Account = v.pipe(
  v.object({
    mail: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.email()),
    password: v.pipe(v.string(), v.minLength(8, 'too short'), v.regex(/\d/u, 'no digit')),
    again: v.string(),
    born: v.optional(
      v.pipe(
        v.string(),
        v.isoDate(),
        v.transform((text) => new Date(text)),
      ),
    ),
    role: v.fallback(v.picklist(['admin', 'user']), 'user'),
    links: v.array(
      v.variant('kind', [
        v.object({ kind: v.literal('url'), url: v.pipe(v.string(), v.url()) }),
        v.object({ kind: v.literal('none') }),
      ]),
    ),
  }),
  v.forward(
    v.partialCheck(
      [['password'], ['again']],
      ({ password, again }) => password === again,
      'not the same',
    ),
    ['again'],
  ),
);
const good = {
  mail: ' Ada@Example.com ',
  password: 'secret123',
  again: 'secret123',
  born: '1815-12-10',
  role: 'x',
  links: [{ kind: 'url', url: 'https://a.example/' }],
};
const { issues, success } = v.safeParse(Account, {
  ...good,
  mail: 'none',
  password: 'short',
  links: [{ kind: 'url', url: 'no' }, { kind: 'other' }],
});

export default [
  v.parse(Account, good),
  success,
  v.flatten(issues),
  issues.map(({ message, path }) => [message, v.getDotPath({ path })]),
  await v
    .safeParseAsync(
      v.pipeAsync(
        v.string(),
        v.checkAsync(async (text) => text > 'm', 'too early'),
      ),
      'a',
    )
    .then((result) => result.issues[0].message),
];
