import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Context } from './context/context.ts';
import type { EngineAlarms } from './operators/alarms.ts';

export interface DeploymentProps {
  readonly context: Context;
  readonly live: Alias;
  readonly alarms: EngineAlarms;
}

/**
 * How a new version gets its traffic, where not all at once: a tenth of it for five minutes, then
 * all. An alarm in that time gives all of it back to the version before.
 */
export function shiftTraffic(scope: Construct, { context, live, alarms }: DeploymentProps): void {
  if (context.deployment === 'allAtOnce') return;
  const group = new LambdaDeploymentGroup(scope, 'Deployment', {
    alias: live,
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms: [...alarms.ofVersions],
  });
  const managed = 'AWSCodeDeployRoleForLambdaLimited';
  acknowledge(group, {
    [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${managed}]`]:
      "CodeDeploy's own role for shifting traffic, as its documentation prescribes it.",
  });
}
