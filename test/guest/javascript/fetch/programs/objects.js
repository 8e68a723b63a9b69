// Requests and responses as values: wrapped, cloned, made by hand, shown.
const { API } = globalThis.env ?? process.env;

const withDefaults = (defaults) => async (input, init) => {
  const request = new Request(input, init);
  for (const [name, value] of Object.entries(defaults)) request.headers.set(name, value);
  return fetch(request);
};
const client = withDefaults({ 'x-client': 'test' });

const cache = new Map();
async function cached(url) {
  if (!cache.has(url)) cache.set(url, await client(url));
  return cache.get(url).clone();
}
for (let turn = 0; turn < 3; turn++) {
  const { headers } = await (await cached(`${API}/echo`)).json();
  console.log(turn, headers['x-client']);
}
console.log(cache.size, cache.get(`${API}/echo`).bodyUsed);

const request = new Request(`${API}/echo`, { method: 'POST', body: 'once', headers: { a: 'b' } });
const copy = request.clone();
console.log((await (await fetch(request)).json()).body, request.bodyUsed);
try {
  await fetch(request);
} catch (error) {
  console.log(error.name, error.message);
}
console.log((await (await fetch(copy)).json()).body, copy.method, copy.url.replace(API, ''));

const response = Response.json({ ok: true }, { status: 418, headers: { 'x-tea': 'pot' } });
console.log(response.status, response.headers.get('content-type'), await response.json());
console.log(new Response('shown', { statusText: 'Fine' }));
console.log(Response.redirect('https://example.com/', 301).headers);
console.log(Response.error().type, new Response(null, { status: 204 }).body);
for (const bad of [
  () => new Request('nowhere'),
  () => new Response('', { status: 42 }),
  () => new Headers({ 'a b': '' }),
]) {
  try {
    bad();
  } catch (error) {
    console.log(`${error}`);
  }
}
