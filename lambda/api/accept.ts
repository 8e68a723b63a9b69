/** What kind of answer the caller wants: JSON when the run has ended, or events while it goes on. */

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html and https://github.com/ndjson/ndjson-spec */
export const streamTypes = {
  events: 'text/event-stream',
  lines: 'application/x-ndjson',
} as const;
export type StreamFormat = keyof typeof streamTypes;

interface Preference {
  readonly type: string;
  readonly quality: number;
}

/** Of a longer header the rest counts as not sent. */
const MAX_LENGTH = 4096;

/**
 * The kind of stream that `Accept` prefers to JSON. A stream must be named: ranges with a `*` are met
 * by JSON, as is what is not known. Of two that are wanted alike, the one that is named first counts.
 * @param accept RFC 9110, section 12.5.1; `null`: no header
 * @returns `null`: JSON
 */
export function acceptedStream(accept: string | null): StreamFormat | null {
  if (accept === null || !accept.includes('/')) return null;
  const preferences = accept.slice(0, MAX_LENGTH).split(',').map(preference);
  let best: { readonly format: StreamFormat | null; readonly quality: number } = {
    format: null,
    quality: rangeQuality(preferences),
  };
  let isNamed = false;
  for (const { type, quality } of preferences) {
    const format = formats.get(type);
    if (format === undefined || quality === 0) continue;
    if (quality > best.quality || (quality === best.quality && !isNamed)) {
      best = { format, quality };
    }
    isNamed = true;
  }
  return best.format;
}

const json = 'application/json';
const formats: ReadonlyMap<string, StreamFormat | null> = new Map([
  [json, null],
  [streamTypes.events, 'events'],
  [streamTypes.lines, 'lines'],
]);

/** How much JSON is wanted where nothing names it. */
function rangeQuality(preferences: readonly Preference[]): number {
  const ofType = (wanted: string) => preferences.find(({ type }) => type === wanted)?.quality;
  if (ofType(json) !== undefined) return 0;
  return ofType('application/*') ?? ofType('*/*') ?? 0;
}

function preference(item: string): Preference {
  const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  // A weight that is none says nothing.
  const isWeight = weight !== undefined && /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight);
  return { type, quality: isWeight ? Number(weight) : 1 };
}
