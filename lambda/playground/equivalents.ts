/** The same request as a command, and as code. */

export interface Equivalents {
  readonly curl: string;
  readonly typescript: string;
}

/** Longer requests are shown as a file that the reader is to make. */
const MAX_SHOWN = 20_000;

/** @param endpoint where the API is, with a slash at its end */
export function equivalentsOf(request: object, endpoint: string, wantsKey: boolean): Equivalents {
  const json = JSON.stringify(request);
  const isShort = json.length <= MAX_SHOWN;
  const curl = [
    `curl -sN ${quoted(new URL('execute', endpoint).href)}`,
    `-H 'content-type: application/json'`,
    ...(wantsKey ? ['-H "x-api-key: $API_KEY"'] : []),
    isShort ? `-d ${quoted(json)}` : '-d @request.json',
  ];
  const options = [
    `endpoint: ${JSON.stringify(endpoint)}`,
    ...(wantsKey ? ['apiKey: process.env.API_KEY'] : []),
  ];
  return {
    curl: curl.join(' \\\n  '),
    typescript: [
      "import { createClient } from 'script-engine/client';",
      ...(isShort ? [] : ["import request from './request.json' with { type: 'json' };"]),
      '',
      `const client = createClient({ ${options.join(', ')} });`,
      ...(isShort ? [`const request = ${JSON.stringify(request, null, 2)};`] : []),
      'for await (const { event, data } of client.stream(request)) console.log(event, data);',
    ].join('\n'),
  };
}

/** For a POSIX shell, in which nothing counts between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
