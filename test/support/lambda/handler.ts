/** The handler with a fake engine behind it, and the events that API Gateway sends it. */

import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { createHandler, createStreamingHandler } from '../../../lambda/api/pipeline.ts';
import type { Engine } from '../../../lambda/contract/execution.ts';
import type { WatchedContext } from '../../../lambda/contract/watched-context.ts';
import { loadSettings } from '../../../lambda/settings/settings.ts';
import { createLogger } from '../../../lambda/telemetry/invocation-log.ts';
import { createMetrics } from '../../../lambda/telemetry/metrics.ts';
import type { ScriptLog } from '../../../lambda/telemetry/script-log.ts';
import { createTally } from '../../../lambda/telemetry/tally.ts';
import type { Tracing } from '../../../lambda/telemetry/tracing.ts';
import { fakeEngine } from '../fake-engine.ts';
import { lambdaContext } from './context.ts';
import { readEvent } from './event.ts';

const settings = loadSettings({ ENGINE_MAX_REQUEST_BYTES: '2000' });
const parts = {
  version: '1.2.3',
  playgroundFolder: new URL('../../../dist/playground/', import.meta.url),
};
const noScriptLog: ScriptLog = { write: async () => {}, takeDropped: () => 0 };

export interface HandlerOptions {
  readonly corsOrigins?: readonly string[];
  readonly scriptLog?: ScriptLog;
  readonly playground?: boolean;
  readonly tracing?: Tracing | null;
}

/** @returns a function that invokes the handler with an event, and gives the answer with its JSON */
export function handlerOf(
  engine: Engine = fakeEngine(),
  {
    corsOrigins = [],
    playground = false,
    scriptLog = noScriptLog,
    tracing = null,
  }: HandlerOptions = {},
) {
  const telemetry = {
    logger: createLogger({}),
    metrics: createMetrics({}),
    scriptLog,
    tally: createTally(),
    tracing,
  };
  const set = { ...settings, corsOrigins, playground };
  const handler = createHandler(engine, set, telemetry, parts);
  return async (event: unknown, context: Partial<Context> = {}) => {
    const result = await handler(event, lambdaContext(context));
    return { ...result, headers: result.headers ?? {}, json: parsed(result) };
  };
}

/** The same for the handler whose answers may be streams. @returns the answer as it is */
export function streamingHandlerOf(
  engine: Engine,
  { playground = false, scriptLog = noScriptLog, tracing = null }: HandlerOptions = {},
) {
  const telemetry = {
    logger: createLogger({}),
    metrics: createMetrics({}),
    scriptLog,
    tally: createTally(),
    tracing,
  };
  const handler = createStreamingHandler(engine, { ...settings, playground }, telemetry, parts);
  return (event: unknown, context: Partial<WatchedContext> = {}) =>
    handler(event, lambdaContext(context));
}

function parsed({ body }: APIGatewayProxyResult) {
  return body.startsWith('{') ? JSON.parse(body) : null;
}

/** A REST API's event of `POST /execute`. @param over fields of the event */
export function post(body: unknown, over: object = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ...readEvent('execute-rest.json'), body: text, ...over };
}
