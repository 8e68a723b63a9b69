// Every method and status a client meets.
const { API } = globalThis.env ?? process.env;

for (const method of ['get', 'DELETE', 'options', 'PATCH', 'PURGE']) {
  const response = await fetch(`${API}/echo`, { method });
  console.log(method, (await response.json()).method);
}
const head = await fetch(`${API}/echo`, { method: 'HEAD' });
console.log(head.status, head.body, JSON.stringify(await head.text()));

for (const status of [201, 204, 404, 500]) {
  const response = await fetch(`${API}/status/${status}`);
  console.log(
    response.status,
    response.ok,
    response.statusText,
    JSON.stringify(await response.text()),
  );
}
