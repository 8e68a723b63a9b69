import * as z from 'zod';
import type { SandboxHealth } from '../contract/execution.ts';

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  readonly sandboxes: SandboxHealth;
}

/** Degraded: no sandbox is up, and the last attempt to start one failed. */
export function healthOf(sandboxes: SandboxHealth, version: string): Health {
  const up = sandboxes.idle + sandboxes.busy > 0;
  return { status: up || sandboxes.failedStarts === 0 ? 'ok' : 'degraded', version, sandboxes };
}

/** The schema of `GET /health`, for the OpenAPI document and for tests. */
export function healthSchema() {
  const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
  return z
    .strictObject({
      status: z.enum(['ok', 'degraded']),
      version: z.string(),
      sandboxes: z.strictObject({
        size: count.meta({ description: 'How many processes there should be.' }),
        idle: count,
        busy: count,
        starting: count,
        queued: count.meta({ description: 'Executions that wait for a process.' }),
        failedStarts: count.meta({ description: 'Since the last start that did not fail.' }),
        replaced: count.meta({
          description:
            'Processes that died, were killed or had grown too large, and were replaced.',
        }),
        keptBytes: count.meta({
          description: 'Compiled code that they keep, memory images and modules together.',
        }),
        maxKeptBytes: count.meta({ description: 'The most of it that each may keep.' }),
      }),
    })
    .meta({ description: 'The state of the function that answered.' });
}
