// Follows redirects, keeps or drops the method as the standard says, and stops at them on request.
const { API } = globalThis.env ?? process.env;
const shown = (url) => url.replace(API, '');

const followed = await fetch(`${API}/redirect/2`);
console.log(followed.status, followed.redirected, shown(followed.url), await followed.json());

for (const status of [303, 307]) {
  const response = await fetch(`${API}/moved/${status}`, { method: 'POST', body: 'payload' });
  const { method, body } = await response.json();
  console.log(status, method, body);
}

const manual = await fetch(`${API}/redirect/1`, { redirect: 'manual' });
console.log(manual.status, manual.ok, manual.redirected, manual.headers.get('location'));

try {
  await fetch(`${API}/redirect/1`, { redirect: 'error' });
} catch (error) {
  console.log(`${error}`, error.cause instanceof Error);
}
