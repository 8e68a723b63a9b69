// Posts JSON, a form, text and bytes, and looks at what arrived.
const { API } = globalThis.env ?? process.env;

const post = async (init) => {
  const response = await fetch(`${API}/echo`, { method: 'POST', ...init });
  return response.json();
};

console.log(
  await post({
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Zoë', tags: ['a', 'b'], nested: { deep: [1, 2, { x: null }] } }),
  }),
);
console.log(await post({ body: new URLSearchParams({ q: 'a & b', empty: '', ü: '€' }) }));
console.log(await post({ body: 'plain text, with 🦊' }));
console.log(await post({ body: new Uint8Array([0, 1, 254, 255]) }));
console.log(await post({ body: new Blob(['{"a":1}'], { type: 'application/json' }) }));
console.log(await post({ method: 'PUT', body: new Uint16Array([258, 772]).buffer }));
console.log(await post({ body: '' }));
console.log(await post({}));
