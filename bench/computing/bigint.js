let factorial = 1n;
for (let n = 2n; n <= 600n; n++) factorial *= n;
let [a, b] = [0n, 1n];
for (let i = 0; i < 4000; i++) [a, b] = [b, a + b];
const mask = (1n << 64n) - 1n;
let hash = 0xcbf29ce484222325n;
for (let i = 0; i < 6000; i++) hash = ((hash ^ BigInt(i & 255)) * 0x100000001b3n) & mask;
let power = 1n;
const modulus = 2n ** 127n - 1n;
for (let base = 3n, exponent = modulus - 2n; exponent > 0n; exponent >>= 1n) {
  if (exponent & 1n) power = (power * base) % modulus;
  base = (base * base) % modulus;
}
`${factorial % 1_000_000_007n} ${String(a).length} ${hash} ${power} ${String(factorial).length}`;
