/** Waits until one of some files has changed. */

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** Folders are watched, as editors put a new file in the place of the old one. */
export async function changeOf(files: readonly string[]): Promise<void> {
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
  }).finally(() => {
    for (const watcher of watchers) watcher.close();
  });
  await sleep(SETTLE_MS);
}
