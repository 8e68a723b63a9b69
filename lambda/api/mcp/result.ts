/** What a tool gives for an execution. */

import type { CallToolResult } from '@modelcontextprotocol/server';

/** Models read it whole; what is longer is in the structured content. */
const MAX_TEXT_LENGTH = 65_536;
/** Room beside the structured content, in bytes of the answer: the text, escaped, and the protocol. */
export const TEXT_BYTES = 8 * MAX_TEXT_LENGTH;

/** @param body the JSON text that `POST /execute` would answer with */
export function toolResult(body: string): CallToolResult {
  const structuredContent = JSON.parse(body);
  // Times, sizes and hashes are no matter of a conversation.
  const { metadata: _, ...told } = structuredContent;
  const text = JSON.stringify(told);
  return {
    isError: structuredContent.status === 'error',
    content: [
      {
        type: 'text',
        text: text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)} … (cut)` : text,
      },
    ],
    structuredContent,
  };
}
