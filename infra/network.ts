import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Context } from './context/context.ts';

/**
 * The subnets of an existing VPC, where the context names one, and a security group that lets
 * nothing in, and out only what the engine's own egress policy lets out.
 */
export function vpcConfig(
  scope: Construct,
  { engine, vpcId, vpcSubnetIds }: Context,
): CfnFunction.VpcConfigProperty | undefined {
  if (vpcId === null) return undefined;
  const securityGroup = new CfnSecurityGroup(scope, 'SecurityGroup', {
    vpcId,
    groupDescription: 'Script engine: outbound only',
    securityGroupEgress: [...outboundPorts(engine)].flatMap((port) =>
      [{ cidrIp: '0.0.0.0/0' }, { cidrIpv6: '::/0' }].map((anywhere) => ({
        ...anywhere,
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
      })),
    ),
  });
  return { subnetIds: [...vpcSubnetIds], securityGroupIds: [securityGroup.attrGroupId] };
}

/** Ports of downloads and fetches, and 443 for CloudWatch Logs. */
function outboundPorts({ allowedPorts, trustedOrigins }: Context['engine']): ReadonlySet<number> {
  const trusted = trustedOrigins.map((origin) => {
    const { port, protocol } = new URL(origin);
    return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  });
  return new Set([443, ...allowedPorts, ...trusted]);
}
