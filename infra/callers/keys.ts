import { type IApiKey, Period, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Context } from '../context/context.ts';

/**
 * One API key for each name in the context, all under one usage plan with rate and daily quota.
 * @returns the keys, by name
 */
export function requireKeys(restApi: RestApi, context: Context): ReadonlyMap<string, IApiKey> {
  const keys = new Map<string, IApiKey>();
  if (context.apiKeys.length === 0) return keys;
  const plan = restApi.addUsagePlan('UsagePlan', {
    throttle: { rateLimit: context.apiKeyRatePerSecond, burstLimit: context.apiKeyBurst },
    ...(context.apiKeyRequestsPerDay !== null && {
      quota: { limit: context.apiKeyRequestsPerDay, period: Period.DAY },
    }),
  });
  plan.addApiStage({ stage: restApi.deploymentStage });
  for (const name of context.apiKeys) {
    const key = restApi.addApiKey(`Key-${name}`, { description: `script-engine: ${name}` });
    plan.addApiKey(key);
    keys.set(name, key);
  }
  return keys;
}
