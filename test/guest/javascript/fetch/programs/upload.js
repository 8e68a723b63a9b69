// Uploads a form with files, and reads a form that a server sends.
const { API } = globalThis.env ?? process.env;

const form = new FormData();
form.append('title', 'Holiday "in" Görlitz');
form.append('tag', 'one');
form.append('tag', 'two\nlines');
form.append(
  'photo',
  new Blob([new Uint8Array([0xff, 0xd8, 13, 10, 45, 45, 0])], { type: 'image/jpeg' }),
  'ph"oto.jpg',
);
form.append('notes', new File(['some ', 'text'], 'notes.txt', { type: 'text/plain' }));
form.set('tag', 'three');

const response = await fetch(`${API}/upload`, { method: 'POST', body: form });
console.log(response.status, await response.json());

const received = await (await fetch(`${API}/form`)).formData();
for (const [name, value] of received) {
  console.log(
    name,
    typeof value === 'string' ? value : [value.name, value.type, await value.text()],
  );
}
console.log([...form.keys()]);
