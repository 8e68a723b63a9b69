import JSZip from 'jszip';

const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 6));
const zip = new JSZip();
zip.file('grüße.txt', 'Hallo, Welt! '.repeat(500), { date, comment: 'a comment' });
zip.file(
  'data/bytes.bin',
  Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 251),
  { date, compression: 'STORE' },
);
zip.file('data/later.txt', Promise.resolve('later'), { date });
zip.file('blob.txt', new Blob(['blob']), { date });
zip.folder('empty', { date });
for (const entry of Object.values(zip.files)) entry.date = date;
const progress = [];
const bytes = await zip.generateAsync(
  {
    type: 'uint8array',
    compression: 'DEFLATE',
    compressionOptions: { level: 9 },
    platform: 'UNIX',
  },
  ({ percent }) => progress.push(Math.round(percent)),
);
const back = await JSZip.loadAsync(bytes, { checkCRC32: true, createFolders: true });
const entries = [];
for (const [name, entry] of Object.entries(back.files)) {
  entries.push([
    name,
    entry.dir,
    entry.comment,
    entry.date.toISOString(),
    entry.dir ? null : (await entry.async('uint8array')).length,
  ]);
}
const damaged = bytes.slice();
damaged[60] ^= 255;
const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))];

export default [
  bytes.length,
  digest,
  entries,
  progress.at(-1),
  await back.file('data/bytes.bin').async('base64'),
  back.file(/^data\//).map(({ name }) => name),
  await JSZip.loadAsync('no zip').catch((error) => error.message),
  await JSZip.loadAsync(damaged, { checkCRC32: true })
    .then((file) =>
      file
        .file('grüße.txt')
        .async('string')
        .then(({ length }) => length),
    )
    .catch((error) => error.message),
  (await zip.generateAsync({ type: 'blob' })).size,
];
