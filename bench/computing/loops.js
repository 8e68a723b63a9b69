let state = 42;
let sum = 0;
for (let i = 0; i < 60_000; i++) {
  state = (state * 1103515245 + 12345) & 0x7fffffff;
  sum = (sum + (state >>> 16)) % 1_000_003;
  if ((i & 15) === 0) sum += i * 0.5;
}
const sieve = Array(12_000).fill(true);
for (let n = 2; n * n < sieve.length; n++) {
  if (!sieve[n]) continue;
  for (let multiple = n * n; multiple < sieve.length; multiple += n) sieve[multiple] = false;
}
sum + sieve.filter(Boolean).length;
