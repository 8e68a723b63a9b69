import {
  buildSchema,
  GraphQLError,
  graphql,
  parse,
  print,
  printSchema,
  subscribe,
  validate,
  visit,
} from 'graphql';

const schema = buildSchema(`
  """A person who writes."""
  interface Named { name: String! }
  type Author implements Named { name: String!, books(first: Int = 10, sort: Sort): [Book!]! }
  type Book implements Named { name: String!, author: Author!, price: Float @deprecated(reason: "see offers") }
  union Found = Author | Book
  enum Sort { NAME PRICE }
  input Filter { name: String, minimum: Float }
  type Query { author(id: ID!): Author, search(text: String!, filter: Filter): [Found!]!, broken: String, later: Int! }
  type Mutation { rename(id: ID!, name: String!): Author }
  type Subscription { counted(to: Int!): Int! }
`);
const authors = { 1: { __typename: 'Author', name: 'Ada' } };
const books = [
  { __typename: 'Book', name: 'Notes', price: 9.5, author: authors[1] },
  { __typename: 'Book', name: 'Engine', price: 3, author: authors[1] },
];
authors[1].books = ({ first, sort }) =>
  [...books].sort((a, b) => (sort === 'PRICE' ? a.price - b.price : 0)).slice(0, first);
const rootValue = {
  author: ({ id }) => authors[id],
  search: async ({ text, filter }) =>
    [...books, authors[1]].filter(
      ({ name, price = 0 }) => name.includes(text) && price >= (filter?.minimum ?? 0),
    ),
  broken: () => {
    throw new GraphQLError('broken on purpose', { extensions: { code: 'E' } });
  },
  later: () => new Promise((resolve) => setTimeout(resolve, 2, 42)),
  rename: ({ id, name }) => Object.assign(authors[id], { name }),
  counted: async function* ({ to }) {
    for (let n = 1; n <= to; n++) yield { counted: n };
  },
};
const run = (source, variableValues) => graphql({ schema, source, rootValue, variableValues });
const counted = [];
for await (const { data } of await subscribe({
  schema,
  rootValue,
  document: parse('subscription { counted(to: 3) }'),
}))
  counted.push(data.counted);
const query =
  'query Q($id: ID!, $with: Boolean = true) { a: author(id: $id) { ...F books(first: 1, sort: PRICE) @include(if: $with) { name price } } later } fragment F on Named { name __typename }';

export default [
  await run(query, { id: 1 }),
  await run(
    '{ search(text: "n", filter: { minimum: 1 }) { __typename ... on Book { name author { name } } } broken }',
  ),
  await run('{ nothing author { name } }'),
  await run('{ a('),
  await run(query, {}),
  await run('mutation { rename(id: 1, name: "Augusta") { name } }'),
  validate(schema, parse('{ author(id: 1) { books { name { x } } } ...G }')).map(
    ({ message, locations }) => [message, locations],
  ),
  counted,
  printSchema(schema),
  print(visit(parse(query), { Field: (node) => (node.name.value === 'later' ? null : undefined) })),
  await run(
    '{ __schema { types { name kind fields(includeDeprecated: true) { name deprecationReason } } } }',
  ),
];
