import {
  type DomainName,
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
  const { domainName, domainCertificateArn, domainHostedZoneId } = context;
  if (domainName === null || domainCertificateArn === null) return undefined;
  const domain = restApi.addDomainName('Domain', {
    domainName,
    certificate: Certificate.fromCertificateArn(restApi, 'Certificate', domainCertificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
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
