/** The lines of a response, as they arrive. */

/** Ends the request where the caller leaves the loop. */
export async function* readLines(response: Response): AsyncGenerator<string, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  // Parts of a line, joined once: a line can be megabytes long and come in thousands of pieces.
  let parts: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      const pieces = text.split('\n');
      const last = pieces.pop() ?? '';
      for (const piece of pieces) {
        parts.push(piece);
        yield parts.join('');
        parts = [];
      }
      parts.push(last);
      if (done) break;
    }
    const rest = parts.join('');
    if (rest !== '') yield rest;
  } finally {
    // Resolves at once where all has been read.
    await reader.cancel().catch(() => {});
  }
}
