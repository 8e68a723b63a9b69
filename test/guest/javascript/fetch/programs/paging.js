// Pages through a JSON API by the `next` link of each answer.
const { API } = globalThis.env ?? process.env;

async function* pages(url) {
  while (url) {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    const { items, next } = await response.json();
    yield items;
    url = next && new URL(next, response.url).href;
  }
}

const names = [];
for await (const items of pages(`${API}/items?page=1`)) {
  console.log('a page of', items.length, items[0]);
  names.push(...items.map(({ name }) => name));
}
console.log(names.join(' '));
console.table([{ count: names.length, last: names.at(-1) }]);
