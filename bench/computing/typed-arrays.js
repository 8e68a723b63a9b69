const size = 16384;
const bytes = new Uint8Array(size);
for (let i = 0; i < size; i++) bytes[i] = (i * 31) ^ (i >> 3);
const table = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  table[n] = c >>> 0;
}
let crc = 0xffffffff;
for (let i = 0; i < size; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
const floats = Float64Array.from(bytes.subarray(0, 5000), (value) => value / 3);
let dot = 0;
for (let i = 0; i < floats.length; i++) dot += floats[i] * floats[floats.length - 1 - i];
const view = new DataView(bytes.buffer);
for (let i = 0; i < size; i += 8) view.setUint32(i, view.getUint32(i + 4, true) + 1);
(crc >>> 0) + Math.round(dot) + bytes.toSorted()[5000] + bytes.indexOf(77);
