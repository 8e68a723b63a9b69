/** The tools that agents see: what they take, by the schema of a request, and what they give. */

import type { JsonSchemaType, ToolAnnotations } from '@modelcontextprotocol/server';

export type ToolName = 'run_code' | 'run_url';

export interface ToolDescription {
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchemaType;
  readonly fields: ToolFields;
}

/** How a tool's request differs from that of `POST /execute`. */
export interface ToolFields {
  readonly required: string;
  /** Those that it has not. */
  readonly without: readonly string[];
}

/** Code can send requests, and each run of it begins anew. */
export const annotations: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

const sandbox =
  'It runs in a strict sandbox: no file of the machine, no process, no state between runs; `fetch` reaches what the operator allows. The answer has the result, what was printed, and errors with their place.';

/** @param request JSON Schema of the body of `POST /execute` */
export function toolsFor(request: JsonSchemaType): Readonly<Record<ToolName, ToolDescription>> {
  return {
    run_code: {
      title: 'Run code',
      description: `Runs JavaScript or TypeScript (\`code\` as text), or WebAssembly (\`code\` in base64). The value of the last expression, or the default export, is the result; \`input\` is a global, \`await\` works at top level. ${sandbox}`,
      ...narrowed(request, 'code', ['url']),
    },
    run_url: {
      title: 'Run code from a URL',
      description: `Downloads JavaScript, TypeScript or WebAssembly from \`url\` and runs it, with \`input\`, \`args\`, \`env\`, \`stdin\` and \`files\` as given. ${sandbox}`,
      ...narrowed(request, 'url', ['code', 'modules']),
    },
  };
}

/** The fields of one kind of request only. */
function narrowed(
  { oneOf: _, description: __, ...request }: JsonSchemaType,
  required: string,
  without: readonly string[],
): Pick<ToolDescription, 'inputSchema' | 'fields'> {
  const properties = Object.entries(request.properties ?? {});
  return {
    fields: { required, without },
    inputSchema: {
      ...request,
      properties: Object.fromEntries(properties.filter(([name]) => !without.includes(name))),
      required: [required],
    },
  };
}
