import { Hono } from 'hono';
import { deleteCookie, getCookie, setSignedCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { html, raw } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { jwt, sign } from 'hono/jwt';
import { streamSSE, streamText } from 'hono/streaming';
import { validator } from 'hono/validator';

const app = new Hono();
app.use('*', cors({ origin: 'https://page.example' }));
app.use('/static/*', etag());
app.get('/static/:name{.+\\.txt}', (c) => c.text(`file ${c.req.param('name')}`));
app.get('/hello/:name?', (c) =>
  c.json({ name: c.req.param('name') ?? 'nobody', q: c.req.queries('q') }, 201, { 'x-a': '1' }),
);
app.post(
  '/form',
  validator('form', (value, c) => value.a ?? c.text('no a', 400)),
  async (c) => c.text(`a is ${c.req.valid('form')}`),
);
app.get('/page', (c) => c.html(html`<p>${'<b>'}${raw('<i>')}</p>`));
app.get('/cookie', async (c) => {
  await setSignedCookie(c, 'id', '7', 'secret', { httpOnly: true, maxAge: 60 });
  deleteCookie(c, 'old');
  return c.text(getCookie(c, 'seen') ?? 'unseen');
});
app.use('/private/*', jwt({ secret: 'key', alg: 'HS256' }));
app.get('/private/me', (c) => c.json(c.get('jwtPayload')));
app.get('/stream', (c) =>
  streamText(c, async (stream) => {
    for (const part of ['a', 'b']) {
      await stream.writeln(part);
      await stream.sleep(2);
    }
  }),
);
app.get('/events', (c) =>
  streamSSE(c, async (stream) => {
    await stream.writeSSE({ data: 'one', event: 'e', id: '1' });
  }),
);
app.get('/teapot', () => {
  throw new HTTPException(418, { message: 'short and stout' });
});
app.route(
  '/sub',
  new Hono().basePath('/v1').get('/*', (c) => c.text(c.req.path)),
);
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.text(error.message, 500),
);
app.notFound((c) => c.text('nowhere', 404));

const token = await sign({ sub: 'ada' }, 'key', 'HS256');
const form = new FormData();
form.set('a', 'x');
const requests = [
  ['/hello/ada?q=1&q=2'],
  ['/hello'],
  ['/static/a/b.txt'],
  ['/static/a.png'],
  ['/page'],
  ['/cookie', { headers: { cookie: 'seen=yes' } }],
  ['/form', { method: 'POST', body: form }],
  ['/form', { method: 'POST', body: new URLSearchParams() }],
  ['/private/me'],
  ['/private/me', { headers: { authorization: `Bearer ${token}` } }],
  ['/stream'],
  ['/events'],
  ['/teapot'],
  ['/sub/v1/x/y'],
  ['/hello', { method: 'OPTIONS' }],
];
const answers = [];
for (const [path, init] of requests) {
  const response = await app.request(path, init);
  answers.push([path, response.status, [...response.headers], await response.text()]);
}

export default [token, answers];
