import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Context } from '../context/context.ts';

/** What browsers ask before they send, which nobody signs. */
const PREFLIGHTS = 'execute-api:/*/OPTIONS/*';

/**
 * Which networks requests may come from. What the policy allows needs no other permission: beside
 * signatures, that would let in every principal of the account, with or without
 * `execute-api:Invoke`, and beside a Lambda authorizer everybody whom its answer does not mention.
 * There it only denies. User pools and keys, however, ask for a policy that allows. See "How API
 * Gateway resource policies affect authorization workflow" in the API Gateway Developer Guide.
 */
export function resourcePolicy(context: Context): PolicyDocument | undefined {
  const { sourceRanges, vpcEndpointIds, iamAuthorization, authorizerFunctionArn } = context;
  if (sourceRanges.length === 0 && vpcEndpointIds.length === 0) return undefined;
  const elsewhere =
    vpcEndpointIds.length > 0
      ? { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } }
      : { NotIpAddress: { 'aws:SourceIp': sourceRanges } };
  const permissionsElsewhere = iamAuthorization || authorizerFunctionArn !== null;
  const pagesMayCall = context.engine.corsOrigins.length > 0;
  return new PolicyDocument({
    statements: [
      ...(permissionsElsewhere ? [] : [statement(Effect.ALLOW, 'execute-api:/*')]),
      ...(permissionsElsewhere && pagesMayCall ? [statement(Effect.ALLOW, PREFLIGHTS)] : []),
      statement(Effect.DENY, 'execute-api:/*', elsewhere),
    ],
  });
}

function statement(
  effect: Effect,
  resource: string,
  conditions: Readonly<Record<string, unknown>> = {},
): PolicyStatement {
  return new PolicyStatement({
    effect,
    principals: [new StarPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: [resource],
    conditions,
  });
}
