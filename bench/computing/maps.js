const counts = new Map();
for (let i = 0; i < 7000; i++) {
  const key = `k${(i * 7919) % 1009}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
const seen = new Set();
for (let i = 0; i < 7000; i++) seen.add((i * i) % 4093);
const byObject = new WeakMap();
const keys = Array.from({ length: 700 }, (_, id) => ({ id }));
for (const key of keys) byObject.set(key, key.id);
let sum = 0;
for (const [key, count] of counts) sum += key.length * count;
for (const value of seen) if (counts.has(`k${value}`)) sum += 1;
for (const key of keys) sum += byObject.get(key);
for (let i = 0; i < 400; i++) counts.delete(`k${i}`);
sum + counts.size + seen.size;
