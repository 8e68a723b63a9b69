// Sends and reads headers: case, several values, cookies, conditions, credentials.
const { API } = globalThis.env ?? process.env;

const headers = new Headers({ 'X-One': '1', 'X-Case': 'kept' });
headers.append('x-two', 'a');
headers.append('X-Two', 'b');
headers.set('x-three', 'de');
console.log(headers);
const sent = await (await fetch(`${API}/echo`, { headers })).json();
for (const name of ['x-one', 'x-two', 'x-three', 'x-case']) console.log(name, sent.headers[name]);

const response = await fetch(`${API}/headers`);
console.log(
  response.headers.get('X-Many'),
  response.headers.get('missing'),
  response.headers.has('ETag'),
);
console.log(response.headers.getSetCookie());
for (const [name, value] of response.headers)
  if (name.startsWith('x-')) console.log(name, '=', value);
try {
  response.headers.set('x-many', 'no');
} catch (error) {
  console.log(error.name, error.message);
}

const etag = response.headers.get('etag');
const again = await fetch(`${API}/headers`, { headers: { 'if-none-match': etag } });
console.log(again.status, again.statusText, again.body, await again.text());

for (const authorization of [undefined, `Basic ${btoa('user:pass')}`, 'Bearer nope']) {
  const { status } = await fetch(`${API}/private`, {
    headers: authorization ? { authorization } : {},
  });
  console.log(authorization, status);
}
