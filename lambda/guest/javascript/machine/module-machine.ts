/**
 * ES modules inside the machine, where QuickJS and quickjs-emscripten fall short: `import.meta` is
 * filled, and a dynamic import may wait for what it needs instead of having it at hand. Two of
 * QuickJS's functions are replaced in its function table; scripts stay as they are written.
 */

import {
  type AttributeReader,
  type DynamicImportHost,
  installDynamicImport,
} from './dynamic-import.ts';
import type { Instance } from './instance.ts';
import type { ModuleLayout } from './memory/image.ts';
import { installLoader, type ModuleLoaderHost } from './module-loader.ts';
import { ModuleStates } from './module-states.ts';

/** Who finds the modules of the current run. */
export interface ModuleHost extends ModuleLoaderHost, DynamicImportHost {}

/** Makes the machine ask the host for modules. */
export function installModules(
  instance: Instance,
  layout: ModuleLayout,
  host: ModuleHost,
  readAttributes: AttributeReader,
): ModuleStates {
  const states = new ModuleStates(instance, layout);
  installLoader(instance, layout, host, states);
  installDynamicImport(instance, layout, host, readAttributes);
  return states;
}
