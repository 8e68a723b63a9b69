// Aborts requests: before, during, after, for a reason, several at once.
const { API } = globalThis.env ?? process.env;
const outcome = (promise) =>
  promise.then(
    (value) => `fulfilled ${value?.status}`,
    (error) => `rejected ${error?.name ?? error}: ${error?.message}`,
  );

const controller = new AbortController();
const pending = fetch(`${API}/never`, { signal: controller.signal });
setTimeout(() => controller.abort(), 20);
console.log(await outcome(pending));

console.log(await outcome(fetch(`${API}/never`, { signal: AbortSignal.abort('already') })));

const several = new AbortController();
const group = [1, 2, 3].map((id) => fetch(`${API}/never?${id}`, { signal: several.signal }));
setTimeout(() => several.abort(new RangeError('no longer needed')), 20);
for (const one of group) console.log(await outcome(one));

const late = new AbortController();
const response = await fetch(`${API}/status/200`, { signal: late.signal });
late.abort();
console.log(response.status, await outcome(response.text()));

const either = AbortSignal.any([AbortSignal.timeout(30), new AbortController().signal]);
either.addEventListener('abort', (event) => console.log(event.type, either.reason.name));
console.log(await outcome(fetch(`${API}/never`, { signal: either })));

const winner = await Promise.race([fetch(`${API}/status/201`), fetch(`${API}/status/201`)]);
console.log(winner.status);
