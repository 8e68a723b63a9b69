/** Puts a finished folder where it is used, so that nobody meets half of it. */

import { rename, rm } from 'node:fs/promises';

/** Builds what is not there, and leaves what is: several may do so at once. */
export const onlyMissing = process.argv.includes('--missing');

/** Puts what the command needs in the place of what is there, and leaves the rest. */
export const onlyCommand = process.argv.includes('--command');

/** @param built a folder beside the place, which is gone afterwards */
export async function place(built: URL, finished: URL): Promise<void> {
  for (;;) {
    try {
      await rename(built, finished);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
    if (onlyMissing) {
      await rm(built, { recursive: true });
      return;
    }
    await rm(finished, { recursive: true, force: true });
  }
}
