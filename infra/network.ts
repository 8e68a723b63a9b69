import { Fn } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Context } from './context.ts';

/**
 * Puts the function into the subnets of an existing VPC, where the context names one. Its security
 * group lets nothing in, and out only what the engine's own egress policy lets out.
 */
export function placement(
  scope: Construct,
  context: Context,
): Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
  const { vpcId, vpcSubnetIds } = context;
  if (vpcId === null) return {};

  // The zones are of no consequence to a function, yet CDK wants as many as there are subnets.
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId,
    availabilityZones: vpcSubnetIds.map((_, index) => Fn.select(index, Fn.getAzs())),
    privateSubnetIds: vpcSubnetIds,
  });
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Script engine: outbound only',
    allowAllOutbound: false,
  });
  for (const port of outboundPorts(context)) {
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port));
    securityGroup.addEgressRule(Peer.anyIpv6(), Port.tcp(port));
  }
  const subnets = vpcSubnetIds.map((id, index) =>
    Subnet.fromSubnetId(scope, `Subnet${index + 1}`, id),
  );
  return { vpc, vpcSubnets: { subnets }, securityGroups: [securityGroup] };
}

/** Ports of downloads and fetches, and 443 for CloudWatch Logs. */
function outboundPorts(context: Context): readonly number[] {
  const trusted = context.engineTrustedOrigins.map((origin) => {
    const { port, protocol } = new URL(origin);
    return port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port);
  });
  const ports = [443, ...context.engineAllowedPorts, ...trusted];
  return [...new Set(ports.filter((port) => port !== undefined))];
}
