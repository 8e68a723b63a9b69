import { Aws, CfnRule, Fn, Stack, Token } from 'aws-cdk-lib';
import { type ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ContextError } from '../context/context.ts';

/**
 * What the layer's own start script is told. It traces invocations, and nothing else of the process: spans
 * of each HTTP request would have the URLs of scripts, and of the runtime's own. Traces go to the X-Ray
 * daemon of the environment, for which active tracing gives the rights; Application Signals would
 * need more.
 */
export const openTelemetryVariables = {
  AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'aws-lambda',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici,aws-sdk',
  OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
} as const;

/**
 * The layer of that ARN, which must be of the function's own region.
 * @throws {ContextError} it is not; where the region is known at the deployment only, the deployment
 *   stops with the same message
 */
export function openTelemetryLayer(scope: Construct, arn: string): ILayerVersion {
  const layer = LayerVersion.fromLayerVersionArn(scope, 'OpenTelemetry', arn);
  if (Token.isUnresolved(arn)) return layer;
  const [, , , region = ''] = arn.split(':');
  const stackRegion = Stack.of(scope).region;
  if (Token.isUnresolved(stackRegion)) {
    new CfnRule(scope, 'OpenTelemetryRegion', {
      assertions: [
        {
          assert: Fn.conditionEquals(Aws.REGION, region),
          assertDescription: `openTelemetryLayerArn: is a layer of ${region}; take that of this region`,
        },
      ],
    });
  } else if (stackRegion !== region) {
    const problem = `is a layer of ${region}, and the stack is in ${stackRegion}`;
    throw new ContextError([`openTelemetryLayerArn: ${problem}`]);
  }
  return layer;
}
