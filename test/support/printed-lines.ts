/** Tests of logs read what a process prints, line by line, and keep it off the terminal. */

import { afterEach, beforeEach, jest } from '@jest/globals';

/** Catches stdout and stderr during each test of the file. @returns the lines of the current test */
export function printedLines(): readonly string[] {
  const lines: string[] = [];
  const keep = (chunk: string | Uint8Array): boolean => {
    lines.push(...String(chunk).split('\n').filter(Boolean));
    return true;
  };
  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(keep);
    jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return lines;
}
