import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Context } from '../context/context.ts';

/** Blocks an IP address for as long as it sends more requests than the context allows. */
export function limitRatePerAddress(restApi: RestApi, context: Context): void {
  const limit = context.wafRequestsPer5Minutes;
  if (limit === null) return;
  const observed = (metricName: string) => ({
    metricName,
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: true,
  });
  const acl = new CfnWebACL(restApi, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: observed('ScriptEngine'),
    rules: [
      {
        name: 'RatePerAddress',
        priority: 0,
        action: { block: {} },
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit },
        },
        visibilityConfig: observed('ScriptEngineRatePerAddress'),
      },
    ],
  });
  new CfnWebACLAssociation(restApi, 'WebAclAssociation', {
    webAclArn: acl.attrArn,
    resourceArn: restApi.deploymentStage.stageArn,
  });
}
