/** The examples, with their code, as the build has put them together. */

export interface Example {
  readonly title: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** Of `examples/requests.json`; the build has put the code in the place of its URL. */
declare const EXAMPLES: readonly Example[];

/** Those that fetch what the local server serves can be run there only. */
export function examplesFor({ origin, hostname }: Location): readonly Example[] {
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return EXAMPLES.map(({ title, request }) => ({ title, request, text: JSON.stringify(request) }))
    .filter(({ text }) => isLocal || !text.includes('{origin}'))
    .map(({ title, text }) => ({
      title,
      request: JSON.parse(text.replaceAll('{origin}', origin)),
    }));
}
