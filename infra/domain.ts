import {
  CfnRestApi,
  type DomainName,
  EndpointAccessMode,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import type { Context } from './context/context.ts';

/**
 * Serves the API at the root of the operator's own domain. Without a hosted zone, the operator
 * points the name at the domain's target, which is an output of the stack.
 */
export function serveUnderDomain(restApi: RestApi, context: Context): DomainName | undefined {
  const { domainName, domainCertificateArn, domainHostedZoneId, securityPolicy } = context;
  if (domainName === null || domainCertificateArn === null) return undefined;
  const mode = accessMode(context);
  const domain = restApi.addDomainName('Domain', {
    domainName,
    certificate: Certificate.fromCertificateArn(restApi, 'Certificate', domainCertificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy,
    ...(mode !== undefined && { endpointAccessMode: mode }),
  });
  if (domainHostedZoneId === null) return domain;
  new ARecord(restApi, 'DomainRecord', {
    zone: HostedZone.fromHostedZoneAttributes(restApi, 'Zone', {
      hostedZoneId: domainHostedZoneId,
      zoneName: domainName,
    }),
    recordName: domainName,
    target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)),
  });
  return domain;
}

/**
 * Holds the API's own endpoint to the context's TLS policy, where it is one that API Gateway lets an
 * API change to. AWS recommends the same for an API and its domain.
 */
export function secureEndpoint(restApi: RestApi, context: Context): void {
  const mode = accessMode(context);
  if (mode === undefined) return;
  const resource = restApi.node.defaultChild;
  if (!(resource instanceof CfnRestApi)) throw new Error('CDK made something else of an API');
  resource.securityPolicy = context.securityPolicy;
  resource.endpointAccessMode = mode;
}

/** What AWS wants to know beside a policy of its newer kind, and beside no other. */
function accessMode({ securityPolicy, vpcEndpointIds }: Context): EndpointAccessMode | undefined {
  if (securityPolicy === SecurityPolicy.TLS_1_2) return undefined;
  // Without private DNS, requests name another host than their TLS handshake did.
  return vpcEndpointIds.length > 0 ? EndpointAccessMode.BASIC : EndpointAccessMode.STRICT;
}
