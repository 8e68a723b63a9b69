/** The spans that an execution adds to a trace, by OpenTelemetry's own SDK. */

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Execution } from '../../lambda/contract/execution.ts';
import { createTracing } from '../../lambda/telemetry/tracing.ts';
import { execution, fakeEngine } from '../support/fake-engine.ts';
import { handlerOf, post, streamingHandlerOf } from '../support/lambda/handler.ts';

const url = 'https://code.example.com/a.js?token=hunter2';
let exporter: InMemorySpanExporter;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  trace.disable();
  context.disable();
});

/** Handles a request within a span, as the layer does with each invocation. */
async function traced(answer: Execution, headers: Record<string, string> = {}) {
  const tracing = await createTracing('1.2.3');
  const engine = fakeEngine(() => answer);
  const event = post({ url }, { headers: { 'content-type': 'application/json', ...headers } });
  await trace.getTracer('layer').startActiveSpan('invocation', async (span) => {
    if (headers.accept === undefined) await handlerOf(engine, { tracing })(event);
    else {
      const { body } = await streamingHandlerOf(engine, { tracing })(event);
      // The log line comes before the last event: so do the spans.
      if (typeof body !== 'string') for await (const _ of body);
    }
    span.end();
  });
  const spans = exporter.getFinishedSpans();
  const invocation = spans.find(({ name }) => name === 'invocation');
  return spans.flatMap(({ name, attributes, status, duration, parentSpanContext, resource: _ }) => {
    const isBelow = parentSpanContext?.spanId === invocation?.spanContext().spanId;
    const ms = duration[0] * 1000 + duration[1] / 1e6;
    return name === 'invocation' ? [] : [{ name, attributes, code: status.code, ms, isBelow }];
  });
}

describe('a traced execution', () => {
  test('has a span for its download and one for its run, below the invocation', async () => {
    const spans = await traced(execution({}));
    expect(spans).toMatchObject([
      { name: 'download', isBelow: true, code: 0 },
      { name: 'run', isBelow: true, code: 0 },
    ]);
    expect(spans.map(({ ms }) => Math.round(ms * 10) / 10)).toEqual([18.7, 1.2]);
    expect(spans[1]?.attributes).toMatchObject({
      'script_engine.code_type': 'javascript',
      'script_engine.outcome': 'SUCCESS',
    });
    expect(JSON.stringify(spans)).not.toMatch(/hunter2|a\.js/);
  });

  test('that fails is an error with its code, and no word of the script', async () => {
    const error = {
      code: 'RUNTIME_ERROR',
      name: 'Error',
      message: 'hunter2',
      stack: 'at hunter2',
      details: null,
    } as const;
    const spans = await traced(execution({ error }));
    expect(spans[1]).toMatchObject({
      code: 2,
      attributes: { 'script_engine.outcome': 'RUNTIME_ERROR' },
    });
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });

  test('whose answer is a stream has them, too', async () => {
    const spans = await traced(execution({}), { accept: 'text/event-stream' });
    expect(spans.map(({ name, isBelow }) => [name, isBelow])).toEqual([
      ['download', true],
      ['run', true],
    ]);
  });
});

test('where nothing traces, nothing is loaded', async () => {
  const key = Symbol.for('opentelemetry.js.api.1');
  const globals = globalThis as Record<symbol, unknown>;
  const registered = globals[key];
  delete globals[key];
  expect(await createTracing('1.2.3')).toBeNull();
  globals[key] = registered;
});
