// Builds URLs with parameters, and reads them back.
const { API } = globalThis.env ?? process.env;

const url = new URL('/echo', API);
url.search = new URLSearchParams([
  ['q', 'café & croissant'],
  ['page', '2'],
  ['tag', 'x'],
  ['tag', 'y'],
]);
url.searchParams.append('sort', '+name');
url.searchParams.delete('page');
url.hash = 'ignored';
console.log(url.href.replace(API, ''));

const response = await fetch(url);
console.log(response.url.replace(API, ''));
const { path } = await response.json();
const received = new URL(path, API).searchParams;
console.log(`${received}`);
console.log([...received.entries()], received.getAll('tag'), received.get('none'), received.size);

const form = await (await fetch(`${API}/echo`, { method: 'POST', body: received })).json();
console.log(form.contentType, form.body);
console.log(Object.fromEntries(new URLSearchParams(form.body)));
received.sort();
console.log(received.toString());
