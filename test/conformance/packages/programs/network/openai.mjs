import OpenAI, { APIError } from 'openai';

export default async ({ origin }) => {
  const client = new OpenAI({
    apiKey: 'sk-test',
    baseURL: `${origin}/v1`,
    maxRetries: 1,
    dangerouslyAllowBrowser: true,
  });
  const completion = await client.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const stream = await client.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  });
  const parts = [];
  for await (const chunk of stream) parts.push(chunk.choices[0]?.delta.content ?? '');
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  const failed = await client.chat.completions
    .create({ model: 'missing', messages: [] })
    .catch((error) => error);
  const raw = await client.models.list().withResponse();
  const runner = client.chat.completions.stream({
    model: 'small',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  const events = [];
  runner.on('content', (delta, snapshot) => events.push([delta, snapshot]));
  const final = await runner.finalContent();
  const file = await client.files.create({
    purpose: 'batch',
    file: await OpenAI.toFile(new Blob(['{}\n']), 'a.jsonl'),
  });
  return [
    completion,
    parts,
    models,
    [failed instanceof APIError, failed.name, failed.status, failed.message, failed.code],
    raw.response.headers.get('x-request-id'),
    events,
    final,
    file,
  ];
};
