function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
function add(a, b) {
  return a + b;
}
const adders = Array.from({ length: 8 }, (_, step) => (value) => add(value, step));
let sum = fibonacci(22);
for (let round = 0; round < 12000; round++) sum = adders[round & 7](sum) + add.call(null, 1, 2);
sum;
