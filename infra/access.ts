import { type IApiKey, Period, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Context } from './context.ts';

/** One API key for each name in the context, all under one usage plan with rate and daily quota. */
export function requireKeys(restApi: RestApi, context: Context): readonly IApiKey[] {
  if (context.apiKeys.length === 0) return [];
  const plan = restApi.addUsagePlan('UsagePlan', {
    throttle: { rateLimit: context.apiKeyRatePerSecond, burstLimit: context.apiKeyBurst },
    ...(context.apiKeyRequestsPerDay !== null && {
      quota: { limit: context.apiKeyRequestsPerDay, period: Period.DAY },
    }),
  });
  plan.addApiStage({ stage: restApi.deploymentStage });
  return context.apiKeys.map((name) => {
    const key = restApi.addApiKey(`Key-${name}`, { description: `script-engine: ${name}` });
    plan.addApiKey(key);
    return key;
  });
}
