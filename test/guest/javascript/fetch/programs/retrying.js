// Times out on purpose, retries with a growing delay, and gives up on what does not get better.
const { API } = globalThis.env ?? process.env;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function retry(attempts, action) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      console.log(`attempt ${attempt}: ${error.name}: ${error.message}`);
      if (attempt === attempts) throw error;
      await sleep(10 * 2 ** attempt);
    }
  }
}

const result = await retry(3, async (attempt) => {
  const signal = AbortSignal.timeout(attempt < 3 ? 100 : 10_000);
  const response = await fetch(`${API}/slow-at-first`, { signal });
  console.log(`attempt ${attempt}: ${response.status}`);
  return response.text();
});
console.log(result);

await retry(2, async () => {
  const response = await fetch(`${API}/status/503`);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
}).catch((error) => console.log('gave up:', error.message));

try {
  await fetch(`${API}/never`, { signal: AbortSignal.timeout(50) });
} catch (error) {
  console.log(error instanceof DOMException, error.name, error.code);
}
