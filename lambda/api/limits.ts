/** The field `limits` of a request: its schema, and what it asks for. */

import * as z from 'zod';
import type { RequestedLimits } from '../contract/execution.ts';
import { isHostPattern } from '../settings/host-patterns.ts';
import { MAX_MODULES, MIN_MEMORY_MB, type Settings } from '../settings/settings.ts';

export function limitsSchema(settings: Settings, isStreamed: boolean) {
  const { fetch } = settings;
  const [maxTimeoutMs, timeoutVariable] = isStreamed
    ? ([settings.maxStreamTimeoutMs, 'ENGINE_MAX_STREAM_TIMEOUT_MS'] as const)
    : ([settings.maxTimeoutMs, 'ENGINE_MAX_TIMEOUT_MS'] as const);
  return z
    .strictObject({
      timeoutMs: bounded(1, maxTimeoutMs, timeoutVariable).meta({
        description: `Wall time of the run in milliseconds, with its requests and the downloads of its imports, but not with the download of the code; ${settings.timeoutMs} if absent.`,
        examples: [Math.min(1000, maxTimeoutMs)],
      }),
      cpuMs: bounded(
        1,
        settings.cpuMs ?? maxTimeoutMs,
        settings.cpuMs === null ? timeoutVariable : 'ENGINE_CPU_MS',
      ).meta({
        description: `CPU time of the run in milliseconds, waiting and downloads left out; ${settings.cpuMs ?? 'as much as its wall time'} if absent.`,
        examples: [Math.min(500, settings.cpuMs ?? maxTimeoutMs)],
      }),
      memoryMb: bounded(MIN_MEMORY_MB, settings.maxMemoryMb, 'ENGINE_MAX_MEMORY_MB').meta({
        description: `Memory of the guest in MiB; ${settings.memoryMb} if absent.`,
        examples: [Math.min(64, settings.maxMemoryMb)],
      }),
      fetch: z
        .strictObject({
          maxRequests: bounded(0, fetch.maxRequests, 'ENGINE_FETCH_MAX_REQUESTS').meta({
            description: 'Requests that the run may send, redirects included.',
            examples: [Math.min(1, fetch.maxRequests)],
          }),
          maxRequestBytes: bounded(0, fetch.maxRequestBytes, 'ENGINE_FETCH_MAX_REQUEST_BYTES').meta(
            {
              description: 'Size of one request body.',
              examples: [Math.min(1024, fetch.maxRequestBytes)],
            },
          ),
          maxResponseBytes: bounded(
            0,
            fetch.maxResponseBytes,
            'ENGINE_FETCH_MAX_RESPONSE_BYTES',
          ).meta({
            description: 'Size of one response body after decompression.',
            examples: [Math.min(65_536, fetch.maxResponseBytes)],
          }),
          timeoutMs: bounded(1, fetch.timeoutMs, 'ENGINE_FETCH_TIMEOUT_MS').meta({
            description: 'Time for one request in milliseconds.',
            examples: [Math.min(2000, fetch.timeoutMs)],
          }),
          allowedHosts: z
            .array(z.string().refine(isHostPattern, hostPatternMessage))
            .optional()
            .meta({
              description:
                'Hosts that the run may reach, of those that the operator allows; an empty list: none.',
              examples: [['api.example.com', '*.example.org']],
            }),
        })
        .optional()
        .meta({ description: 'Limits of the requests that the guest sends.' }),
      imports: z
        .strictObject({
          allowedHosts: z
            .array(z.string().refine(isHostPattern, hostPatternMessage))
            .optional()
            .meta({
              description:
                'Hosts that modules may come from, of those that the operator allows for code; an empty list: none.',
              examples: [['cdn.example.com']],
            }),
          maxModules: bounded(0, MAX_MODULES, null).meta({
            description: 'Modules that the run may load, the code itself not counted.',
            examples: [10],
          }),
          dynamic: z
            .boolean()
            .optional()
            .meta({
              description:
                'Whether the run may import what does not stand in the code as a literal; true if absent.',
              examples: [false],
            }),
        })
        .optional()
        .meta({
          description: 'Limits of the modules that JavaScript imports.',
          examples: [{ allowedHosts: ['cdn.example.com'], dynamic: false }],
        }),
    })
    .meta({
      description: 'Limits of this run; each may only be tighter than what the operator set.',
    });
}

const hostPatternMessage = 'must be a host name, `*.` and a host name, or `*`';

/** @param variable what the operator sets `max` by; `null` where it is fixed */
function bounded(min: number, max: number, variable: string | null) {
  const reason = variable === null ? '' : `, which is what the operator allows (${variable})`;
  const tooSmall = `must be ${min} or more`;
  const tooBig = `must be ${max} or less${reason}`;
  // Whole numbers beyond what is exact are no integers to zod.
  const beyond: { readonly [code: string]: string } = { too_small: tooSmall, too_big: tooBig };
  return z
    .int({ error: ({ code }) => beyond[code] ?? 'must be a whole number' })
    .min(min, tooSmall)
    .max(max, tooBig)
    .optional();
}

/** @param limits as the schema has read them */
export function requestedLimits(
  limits: z.infer<ReturnType<typeof limitsSchema>> | undefined,
): RequestedLimits {
  const { fetch, imports } = limits ?? {};
  return {
    timeoutMs: limits?.timeoutMs ?? null,
    cpuMs: limits?.cpuMs ?? null,
    memoryMb: limits?.memoryMb ?? null,
    fetch: {
      maxRequests: fetch?.maxRequests ?? null,
      maxRequestBytes: fetch?.maxRequestBytes ?? null,
      maxResponseBytes: fetch?.maxResponseBytes ?? null,
      timeoutMs: fetch?.timeoutMs ?? null,
      allowedHosts: fetch?.allowedHosts ?? null,
    },
    imports: {
      allowedHosts: imports?.allowedHosts ?? null,
      maxModules: imports?.maxModules ?? null,
      dynamic: imports?.dynamic ?? true,
    },
  };
}
