import { expect, test } from '@jest/globals';
import { CollectedFiles } from '../../lambda/sandbox/collected-files.ts';

function message(path: string, size: number, hasContent: boolean) {
  return { type: 'file', runId: 1, path, size, hasContent } as const;
}

test('contents beyond the limit are dropped', () => {
  const left = new CollectedFiles(5);
  left.add(message('/a', 3, true), Buffer.from('abc'));
  left.add(message('/b', 0, true), new Uint8Array());
  expect(left.truncated).toBe(false);
  left.add(message('/c', 3, true), Buffer.from('def'));
  left.add(message('/d', 2, true), Buffer.from('gh'));
  expect(left.truncated).toBe(true);
  expect(
    left.files.map(({ path, content }) => [path, content && String.fromCharCode(...content)]),
  ).toEqual([
    ['/a', 'abc'],
    ['/b', ''],
    ['/c', null],
    ['/d', 'gh'],
  ]);
});

test('files beyond the limit are ignored', () => {
  const left = new CollectedFiles(5);
  for (let index = 0; index < 1000; index++)
    left.add(message(`/${index}`, 1, false), new Uint8Array());
  expect(left.truncated).toBe(false);
  left.add(message('/more', 1, false), new Uint8Array());
  expect([left.files.length, left.truncated]).toEqual([1000, true]);
});
