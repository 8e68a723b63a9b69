/** Waits until one of some files has changed. */

import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;
/** The time of a file may lag behind the clock by a tick of the kernel. */
const TICK_MS = 10;

/**
 * Folders are watched, as editors put a new file in the place of the old one.
 * @param sinceMs when the files were about to be read, by the clock: what has changed after that counts
 */
export async function changeOf(files: readonly string[], sinceMs: number): Promise<void> {
  const folders = Map.groupBy(files, dirname);
  const watchers: FSWatcher[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const [folder, inside] of folders) {
      const names = new Set(inside.map((file) => basename(file)));
      const watcher = watch(folder, (_, name) => {
        if (name === null || names.has(name)) resolve();
      });
      watchers.push(watcher.on('error', reject));
    }
    for (const file of files) {
      stat(file).then(
        // A time in the future would be a change for ever.
        ({ mtimeMs }) => mtimeMs > sinceMs - TICK_MS && mtimeMs <= Date.now() && resolve(),
        () => {},
      );
    }
  }).finally(() => {
    for (const watcher of watchers) watcher.close();
  });
  await sleep(SETTLE_MS);
}
