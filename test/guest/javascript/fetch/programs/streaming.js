// Reads an answer as it streams in: bytes, text, lines.
const { API } = globalThis.env ?? process.env;

const lines = () => {
  let rest = '';
  return new TransformStream({
    transform(text, controller) {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      for (const part of parts) controller.enqueue(part);
    },
    flush(controller) {
      if (rest) controller.enqueue(rest);
    },
  });
};

const response = await fetch(`${API}/lines`);
const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(lines());
let sum = 0;
for await (const line of events) {
  const { id, text } = JSON.parse(line);
  sum += id;
  if (id % 10 === 0) console.log(id, text);
}
console.log({ sum, used: response.bodyUsed });

const reader = (await fetch(`${API}/binary?bytes=200000`)).body.getReader();
let total = 0;
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  total += value.byteLength;
}
console.log({ total });

const body = new ReadableStream({
  async start(controller) {
    for (const word of ['streamed ', 'from ', 'here']) {
      await null;
      controller.enqueue(new TextEncoder().encode(word));
    }
    controller.close();
  },
});
const echoed = await fetch(`${API}/echo`, { method: 'POST', body, duplex: 'half' });
console.log((await echoed.json()).body);

const [one, two] = (await fetch(`${API}/lines`)).body.tee();
const sizes = await Promise.all(
  [one, two].map(async (stream) => (await new Response(stream).bytes()).length),
);
console.log(sizes[0] === sizes[1], sizes[0]);
