/** The Model Context Protocol over HTTP, without sessions: each request has a server of its own. */

import {
  createMcpHandler,
  fromJsonSchema,
  type JsonSchemaType,
  type JsonSchemaValidatorResult,
  type jsonSchemaValidator,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Json } from '../../contract/errors.ts';
import type { Execution, ExecutionObserver } from '../../contract/execution.ts';
import { toolResult } from './result.ts';
import { tellRun } from './told-run.ts';
import { annotations, type ToolFields, toolsFor } from './tools.ts';

/** Requests are checked where those of `POST /execute` are, and errors have the same shape. */
const unchecked: jsonSchemaValidator = {
  getValidator<Data>() {
    return (data: unknown): JsonSchemaValidatorResult<Data> => {
      return { valid: true, data: data as Data, errorMessage: undefined };
    };
  },
};

/** Whoever is told of a run asks for it with this, or with a token for progress. */
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

export interface McpOptions {
  readonly version: string;
  /** JSON Schemas of what `POST /execute` takes and answers. */
  readonly schemas: { readonly request: JsonSchemaType; readonly response: JsonSchemaType };
  readonly maxOutputBytes: number;
  /** Whether notifications can leave before the answer. */
  readonly streams: boolean;
}

export interface McpCall {
  readonly headers: Headers;
  /** The message, parsed. */
  readonly message: Json;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /**
   * Runs a request, also one that is wrong, and gives what comes of it.
   * @param fields of the tool
   */
  execute(
    request: Json,
    fields: ToolFields,
    signal: AbortSignal,
    observer: ExecutionObserver | null,
  ): Promise<Execution>;
  /** The JSON text that `POST /execute` would answer with. */
  bodyOf(execution: Execution): string;
}

export type McpEndpoint = (call: McpCall) => Promise<Response>;

export function openMcp({ version, schemas, maxOutputBytes, streams }: McpOptions): McpEndpoint {
  const tools = toolsFor(schemas.request);
  const outputSchema = fromJsonSchema<Record<string, unknown>>(schemas.response, unchecked);

  function serverFor(call: McpCall): McpServer {
    const server = new McpServer(
      { name: 'script-engine', title: 'Script engine', version },
      { capabilities: { logging: {} } },
    );
    for (const [name, { fields, inputSchema, ...described }] of Object.entries(tools)) {
      const config = {
        ...described,
        inputSchema: fromJsonSchema<Record<string, Json>>(inputSchema, unchecked),
        outputSchema,
        annotations,
      };
      server.registerTool(name, config, async (request, { mcpReq }) => {
        const signal = AbortSignal.any([mcpReq.signal, call.signal]);
        if (!streams || !isToldOf(mcpReq)) {
          return toolResult(call.bodyOf(await call.execute(request, fields, signal, null)));
        }
        const inputs = Array.isArray(request.inputs) ? request.inputs.length : 0;
        const { observer, output, truncated } = tellRun(mcpReq, inputs, maxOutputBytes);
        const execution = await call.execute(request, fields, signal, observer);
        return toolResult(call.bodyOf(withOutput(execution, output, truncated)));
      });
    }
    return server;
  }

  return (call) => {
    const { fetch } = createMcpHandler(() => serverFor(call), { maxSubscriptions: 0 });
    const { headers, message, signal } = call;
    const request = new Request('http://localhost/mcp', { method: 'POST', headers, signal });
    return fetch(request, { parsedBody: message });
  };
}

function isToldOf({ _meta, envelope }: ServerContext['mcpReq']): boolean {
  const claims: { readonly [name: string]: unknown } = envelope ?? {};
  return _meta?.progressToken !== undefined || claims[LOG_LEVEL] !== undefined;
}

/** What was told is not in the execution. */
function withOutput(
  execution: Execution,
  output: { readonly stdout: string; readonly stderr: string },
  cut: { readonly stdout: boolean; readonly stderr: boolean },
): Execution {
  const { metadata } = execution;
  const { truncated } = metadata;
  const stdout = truncated.stdout || cut.stdout;
  const stderr = truncated.stderr || cut.stderr;
  return {
    ...execution,
    ...(execution.items === null && output),
    metadata: { ...metadata, truncated: { ...truncated, stdout, stderr } },
  };
}
