// AssemblyScript: three ways to be busy for a second, each with a result that tells that it was.

/** Bytes: Eratosthenes' sieve, over and over. */
export function sieve(): i32 {
  const limit = 1 << 22;
  const composite = new StaticArray<u8>(limit);
  let primes = 0;
  for (let round = 0; round < 50; round++) {
    composite.fill(0);
    primes = 0;
    for (let candidate = 2; candidate < limit; candidate++) {
      if (composite[candidate]) continue;
      primes += 1;
      for (let multiple = 2 * candidate; multiple < limit; multiple += candidate) {
        composite[multiple] = 1;
      }
    }
  }
  return primes;
}

/** Floating point: products of matrices. */
export function matrices(): f64 {
  const size = 160;
  const a = new StaticArray<f64>(size * size);
  const b = new StaticArray<f64>(size * size);
  const c = new StaticArray<f64>(size * size);
  for (let index = 0; index < size * size; index++) {
    a[index] = index % 7;
    b[index] = index % 11;
  }
  for (let round = 0; round < 250; round++) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        let sum: f64 = 0;
        for (let k = 0; k < size; k++) sum += a[row * size + k] * b[k * size + column];
        c[row * size + column] = sum;
      }
    }
  }
  return c[size + 1];
}

/** Integers and calls: Fibonacci by its definition. */
export function fibonacci(): i32 {
  return fib(42);
}

function fib(n: i32): i32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
