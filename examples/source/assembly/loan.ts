// AssemblyScript. Each export can be called by `entrypoint`; `args` are converted by its signature.

/** The monthly payment that pays back `principal` at `yearlyRate` (0.03: 3 %) in `months`. */
export function payment(principal: f64, yearlyRate: f64, months: i32): f64 {
  if (yearlyRate === 0) return principal / <f64>months;
  const rate = yearlyRate / 12;
  return (principal * rate) / (1 - (1 + rate) ** -(<f64>months));
}

/** The nth Fibonacci number; an i64 comes back as a decimal string, exact to the last digit. */
export function fibonacci(n: i32): u64 {
  let previous: u64 = 0;
  let current: u64 = 1;
  for (let i = 0; i < n; i++) {
    const next = previous + current;
    previous = current;
    current = next;
  }
  return previous;
}
