import { describe, expect, test } from '@jest/globals';
import { acceptedStream } from '../../lambda/api/accept.ts';

describe('Accept', () => {
  test.each([
    [null, null],
    ['', null],
    ['*/*', null],
    ['application/json', null],
    ['text/html,application/xhtml+xml,*/*;q=0.8', null],
    ['nonsense', null],
    ['text/*', null],
    ['application/*', null],
    ['text/event-stream', 'events'],
    ['TEXT/Event-Stream', 'events'],
    [' text/event-stream ; charset=utf-8', 'events'],
    ['application/x-ndjson', 'lines'],
    ['text/event-stream, */*', 'events'],
    ['*/*, text/event-stream', 'events'],
    ['text/event-stream, */*;q=0.1', 'events'],
    ['text/event-stream;q=0.5, */*', null],
    ['text/event-stream;q=0.5, application/*', null],
    ['application/json, text/event-stream', null],
    ['text/event-stream, application/json', 'events'],
    ['application/json;q=0.9, text/event-stream', 'events'],
    ['text/event-stream;q=0.9, application/json', null],
    ['application/json;q=0, text/event-stream;q=0.1', 'events'],
    ['text/event-stream;q=0', null],
    ['text/event-stream;q=0.000, application/x-ndjson;q=0.001', 'lines'],
    ['text/event-stream;q=0.3, application/x-ndjson;q=0.4', 'lines'],
    ['application/x-ndjson, text/event-stream', 'lines'],
    ['text/event-stream;q=2', 'events'],
    ['text/event-stream;q=', 'events'],
    [`${'x/y,'.repeat(2000)}text/event-stream`, null],
  ])('%p is met by %p', (accept, format) => {
    expect(acceptedStream(accept)).toBe(format);
  });
});
