import { beforeAll, describe, expect, test } from '@jest/globals';
import { runInGuest, runInNode, type SnippetOutcome } from './snippet-runs.ts';
import { snippets } from './snippets.ts';

describe.each(Object.entries(snippets))('%s are those of Node.js', (_, bodies) => {
  let inGuest: SnippetOutcome[] = [];
  let inNode: SnippetOutcome[] = [];

  beforeAll(async () => {
    [inGuest, inNode] = await Promise.all([runInGuest(bodies), runInNode(bodies)]);
  });

  test.each(bodies.map((body, index) => ({ body, index })))('$body', ({ index }) => {
    expect(inGuest[index]).toBeDefined();
    expect(inGuest[index]).toEqual(inNode[index]);
  });
});
