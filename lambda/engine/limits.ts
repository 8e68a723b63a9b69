/** The limits of one run: what the operator set, tightened by the request and by the time left. */

import type { ExecuteRequest, InlineModules, RequestedLimits } from '../contract/execution.ts';
import type { RunLimits } from '../contract/protocol.ts';
import type { ImportOptions } from '../egress/import-rules.ts';
import { Pins } from '../egress/pins.ts';
import { type FetchQuota, MAX_MODULES, type Settings } from '../settings/settings.ts';

const MIB = 1024 * 1024;
const noModules: InlineModules = new Map();

/**
 * @param timeLeftMs time that the invocation has left, less what the answer needs
 * @param isObserved somebody listens to what the run prints
 */
export function runLimits(
  asked: RequestedLimits,
  settings: Settings,
  timeLeftMs: number,
  isObserved: boolean,
): RunLimits {
  const timeoutMs = Math.max(1, Math.min(asked.timeoutMs ?? settings.timeoutMs, timeLeftMs));
  return {
    timeoutMs,
    cpuMs: Math.min(asked.cpuMs ?? settings.cpuMs ?? timeoutMs, settings.cpuMs ?? timeoutMs),
    memoryBytes: (asked.memoryMb ?? settings.memoryMb) * MIB,
    maxOutputBytes: settings.maxOutputBytes,
    ...(isObserved && { maxStreamBytes: settings.maxStreamBytes }),
    maxLogEntries: settings.maxLogEntries,
    maxResultBytes: settings.maxResultBytes,
    maxFilesBytes: settings.maxFilesBytes,
    maxModules: asked.imports.maxModules ?? MAX_MODULES,
  };
}

export function fetchQuota({ limits }: ExecuteRequest, { fetch: quota }: Settings): FetchQuota {
  const asked = limits.fetch;
  return {
    ...quota,
    maxRequests: asked.maxRequests ?? quota.maxRequests,
    maxRequestBytes: asked.maxRequestBytes ?? quota.maxRequestBytes,
    maxResponseBytes: asked.maxResponseBytes ?? quota.maxResponseBytes,
    timeoutMs: asked.timeoutMs ?? quota.timeoutMs,
  };
}

/** @param codeUrl final URL of the code */
export function importOptions(
  { source, inputs, integrity, unpinned, limits }: ExecuteRequest,
  settings: Settings,
  codeUrl: string,
): ImportOptions {
  const { allowedHosts, maxModules, dynamic } = limits.imports;
  return {
    codeUrl,
    allowedHosts,
    maxModules: maxModules ?? MAX_MODULES,
    dynamic,
    map: settings.imports === 'map' ? inputs.imports : null,
    pins:
      integrity === null ? null : new Pins(integrity, source.kind === 'url' ? source.url : codeUrl),
    inlineModules: source.kind === 'inline' ? source.modules : noModules,
    unpinned,
  };
}
