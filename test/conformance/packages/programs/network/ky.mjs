import ky from 'ky';

export default async ({ origin }) => {
  const hooks = [];
  const client = ky.create({
    headers: { 'x-client': 'test' },
    retry: { limit: 3, delay: () => 1, statusCodes: [503] },
    hooks: {
      beforeRetry: [
        ({ retryCount }) => {
          hooks.push(`retry ${retryCount}`);
        },
      ],
      afterResponse: [
        ({ response }) => {
          hooks.push(response.status);
        },
      ],
    },
  });
  const read = await client.get(`${origin}/echo`, { searchParams: { a: 1, b: 'ü' } }).json();
  const sent = await client.put(`${origin}/echo`, { json: { a: [1] } }).json();
  const flaky = await client.get(`${origin}/status/503`).catch((error) => error);
  const missing = await client.get(`${origin}/status/404`).catch((error) => error);
  const late = await client
    .get(`${origin}/slow`, { timeout: 30, retry: 0 })
    .catch((error) => error);
  const text = await client.get(`${origin}/stream`).text();
  const lenient = await client.get(`${origin}/status/404`, { throwHttpErrors: false });
  return [
    read,
    sent,
    [flaky.name, flaky.response.status],
    [missing.name, missing.message.replace(origin, '')],
    [late.name],
    text,
    [lenient.status, await lenient.text()],
    hooks,
  ];
};
