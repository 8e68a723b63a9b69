import {
  createContext,
  createElement as h,
  memo,
  Suspense,
  use,
  useContext,
  useId,
  useMemo,
  useState,
} from 'react';
import { renderToReadableStream, renderToStaticMarkup, renderToString } from 'react-dom/server';

const Theme = createContext('light');

const Row = memo(({ name, count }) => {
  const theme = useContext(Theme);
  return h(
    'li',
    { className: `row ${theme}`, 'data-count': count, style: { paddingTop: 4, opacity: 0.5 } },
    name,
    ' × ',
    count,
  );
});

function List({ rows }) {
  const id = useId();
  const [open] = useState(() => rows.length > 1);
  const total = useMemo(() => rows.reduce((sum, { count }) => sum + count, 0), [rows]);
  return h(
    'section',
    { id, hidden: !open, onClick: () => {} },
    h('h2', null, 'Total <', total, '>'),
    h(
      'ul',
      null,
      rows.map((row) => h(Row, { key: row.name, ...row })),
    ),
    h('input', { defaultValue: 'a"b', disabled: true }),
    h('div', { dangerouslySetInnerHTML: { __html: '<b>raw</b>' } }),
  );
}

const rows = [
  { name: 'pen', count: 2 },
  { name: 'ink & paper', count: 1 },
];
const page = h(Theme.Provider, { value: 'dark' }, h(List, { rows }));

const Later = ({ promise }) => h('p', null, use(promise));
const stream = await renderToReadableStream(
  h(
    'main',
    null,
    h(
      Suspense,
      { fallback: h('i', null, 'waiting') },
      h(Later, { promise: new Promise((resolve) => setTimeout(resolve, 5, 'here')) }),
    ),
    page,
  ),
);
await stream.allReady;

const failures = [];
const failing = await renderToReadableStream(
  h(
    Suspense,
    { fallback: 'none' },
    h(() => {
      throw new Error('no data');
    }),
  ),
  {
    onError: (error) => {
      failures.push(error.message);
    },
  },
);

export default [
  renderToString(page),
  renderToStaticMarkup(page),
  await new Response(stream).text(),
  await new Response(failing).text(),
  failures,
];
