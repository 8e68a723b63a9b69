// Downloads bytes, checks their hash, and takes them apart.
const { API } = globalThis.env ?? process.env;

const response = await fetch(`${API}/binary?bytes=1000`);
console.log(response.headers.get('content-type'), response.headers.get('content-length'));
const bytes = await response.bytes();
console.log(bytes.length, bytes.subarray(250, 260));

const digest = await crypto.subtle.digest('SHA-256', bytes);
const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
);
console.log(hex);

const blob = await (await fetch(`${API}/binary?bytes=600`)).blob();
console.log(blob);
const view = new DataView(await blob.slice(256, 264).arrayBuffer());
console.log(view.getUint32(0), view.getUint16(4, true), view.getInt8(7));

const buffer = await (await fetch(`${API}/binary?bytes=3`)).arrayBuffer();
console.log(buffer);
console.log(btoa(String.fromCharCode(...new Uint8Array(buffer))));

const gzipped = await fetch(`${API}/gzip`);
console.log(gzipped.headers.get('content-encoding'), await gzipped.text());

const packed = await new Response(
  new Blob(['x'.repeat(10_000)]).stream().pipeThrough(new CompressionStream('gzip')),
).blob();
console.log(packed.size < 100);
const unpacked = await new Response(
  packed.stream().pipeThrough(new DecompressionStream('gzip')),
).text();
console.log(unpacked.length);
