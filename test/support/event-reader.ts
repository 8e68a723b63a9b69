/** Reads streamed answers as clients do: server-sent events by a kept library, lines by JSON. */

import { createParser } from 'eventsource-parser';

export interface ReadEvent {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect in it
  readonly data: any;
}

export const formats = ['text/event-stream', 'application/x-ndjson'] as const;
export type Format = (typeof formats)[number];

/** Takes the chunks of a body, and hands on each event that is complete. Comments are none. */
export function eventReader(format: Format, onEvent: (event: ReadEvent) => void) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = createParser({
    onEvent: ({ event = '', data }) => onEvent({ event, data: JSON.parse(data) }),
    onError(error) {
      throw error;
    },
  });
  let rest = '';
  return (chunk: Uint8Array): void => {
    const text = decoder.decode(chunk, { stream: true });
    if (format === 'text/event-stream') {
      parser.feed(text);
      return;
    }
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onEvent(JSON.parse(line));
  };
}

/** All events of a body that has been read to its end. */
export async function eventsOf(
  body: AsyncIterable<Uint8Array> | null,
  format: Format = 'text/event-stream',
): Promise<ReadEvent[]> {
  const events: ReadEvent[] = [];
  const read = eventReader(format, (event) => events.push(event));
  for await (const chunk of body ?? []) read(chunk);
  return events;
}

/** What was printed, as the buffered answer would have it. */
export function printed(events: readonly ReadEvent[], stream: 'stdout' | 'stderr' = 'stdout') {
  return events.flatMap(({ event, data }) => (event === stream ? [data.text] : [])).join('');
}
