import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Context } from '../context/context.ts';

/**
 * Which networks requests may come from. With signatures the policy only denies: a statement that
 * allows would let in every principal of the account, with or without `execute-api:Invoke`.
 */
export function resourcePolicy(context: Context): PolicyDocument | undefined {
  const { sourceRanges, vpcEndpointIds, iamAuthorization } = context;
  if (sourceRanges.length === 0 && vpcEndpointIds.length === 0) return undefined;
  const statement = (effect: Effect, conditions: Record<string, unknown> = {}) =>
    new PolicyStatement({
      effect,
      principals: [new StarPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions,
    });
  const elsewhere =
    vpcEndpointIds.length > 0
      ? { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } }
      : { NotIpAddress: { 'aws:SourceIp': sourceRanges } };
  return new PolicyDocument({
    statements: [
      ...(iamAuthorization ? [] : [statement(Effect.ALLOW)]),
      statement(Effect.DENY, elsewhere),
    ],
  });
}
