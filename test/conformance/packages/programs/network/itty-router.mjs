import {
  AutoRouter,
  cors,
  error,
  IttyRouter,
  json,
  StatusError,
  withContent,
  withParams,
} from 'itty-router';

const { preflight, corsify } = cors({
  origin: 'https://page.example',
  allowMethods: ['GET', 'POST'],
});
const router = AutoRouter({ base: '/api', before: [preflight], finally: [corsify] });
router
  .get('/items/:id/:rest+', ({ id, rest, query }) => ({ id, rest, query }))
  .get('/files/:name.:ext?', ({ params }) => params)
  .post('/items', withContent, async ({ content }) => json({ content }, { status: 201 }))
  .get('/gone', () => error(410, { why: 'sold' }))
  .get('/broken', () => {
    throw new StatusError(503, 'later');
  })
  .all('/any', () => new Response('any', { headers: { 'x-a': '1' } }));

const plain = IttyRouter();
plain.all('*', withParams).get('/:a?', ({ a = 'none' }) => `plain ${a}`);

const request = (path, init) => new Request(`https://shop.example${path}`, init);
const requests = [
  request('/api/items/7/a/b?x=1&x=2&y'),
  request('/api/files/report.pdf'),
  request('/api/items', {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  }),
  request('/api/items', { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } }),
  request('/api/gone'),
  request('/api/broken'),
  request('/api/any', { method: 'DELETE' }),
  request('/api/none'),
  request('/api/any', { method: 'OPTIONS', headers: { origin: 'https://page.example' } }),
];
const answers = [];
for (const each of requests) {
  const response = await router.fetch(each);
  answers.push([response.status, [...response.headers].sort(), await response.text()]);
}

export default [answers, await plain.fetch(request('/b')), await plain.fetch(request('/'))];
