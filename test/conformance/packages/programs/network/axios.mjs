import axios, { AxiosError, isAxiosError } from 'axios';

export default async ({ origin }) => {
  const client = axios.create({ baseURL: origin, headers: { 'x-client': 'test' }, timeout: 5000 });
  client.interceptors.request.use((config) => {
    config.headers.set('x-request', config.url);
    return config;
  });
  client.interceptors.response.use((response) => ({ ...response, seen: true }));

  const read = await client.get('/echo', {
    params: { list: [1, 2], at: new Date(0), text: 'a b&c' },
  });
  const sent = await client.post('/echo', { a: 1, big: [true, null] });
  const form = await client.post('/echo', new URLSearchParams({ q: 'ü' }));
  const bytes = await client.get('/bytes', { responseType: 'arraybuffer' });
  const failed = await client.get('/status/503').catch((error) => error);
  const aborter = new AbortController();
  setTimeout(() => aborter.abort(), 20);
  const aborted = await client.get('/slow', { signal: aborter.signal }).catch((error) => error);
  const late = await client.get('/slow', { timeout: 20 }).catch((error) => error);
  return [
    [read.status, read.data, read.seen, read.headers.get('content-type')],
    sent.data,
    form.data,
    [...new Uint8Array(bytes.data)],
    [
      isAxiosError(failed),
      failed.code,
      failed.message,
      failed.response.status,
      failed.response.data,
    ],
    [aborted instanceof AxiosError, aborted.code, aborted.message, axios.isCancel(aborted)],
    [late.code, late.message],
    client.getUri({ url: '/x', params: { a: { b: 1 } } }).replace(origin, ''),
  ];
};
