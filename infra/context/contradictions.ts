/** What does not go together, though each value by itself may be. */

import type { z } from 'zod';
import type { stackSchema } from './schema.ts';

export type StackSettings = Omit<z.infer<typeof stackSchema>, 'iamAuthorization'> & {
  /** Whether requests must be signed: as the context says, else where nothing else says who may call. */
  readonly iamAuthorization: boolean;
};

/** The settings, with what follows from others filled in. */
export function decided(given: z.infer<typeof stackSchema>): StackSettings {
  const { publicApi, iamAuthorization } = given;
  const others = publicApi || given.apiKeys.length > 0 || tokensOf(given).length > 0;
  return { ...given, iamAuthorization: iamAuthorization ?? !others };
}

/** Keys by which callers are known from a token. */
function tokensOf(given: {
  readonly userPoolArns: readonly string[];
  readonly authorizerFunctionArn: string | null;
}): readonly string[] {
  return [
    ...(given.userPoolArns.length > 0 ? ['userPoolArns'] : []),
    ...(given.authorizerFunctionArn === null ? [] : ['authorizerFunctionArn']),
  ];
}

/** Values that do not go together, each under the key that has to be changed. */
export function contradictions(settings: StackSettings): readonly string[] {
  const { publicApi, iamAuthorization, apiKeys, vpcId, vpcSubnetIds } = settings;
  const { domainName, domainCertificateArn, domainHostedZoneId } = settings;
  const { authorizerFunctionArn, userPoolArns, sourceRanges, vpcEndpointIds } = settings;
  const { alarmTopicArn, budgetUsdPerMonth, budgetScope } = settings;
  const protectedBy = [
    ...(iamAuthorization ? ['iamAuthorization'] : []),
    ...tokensOf(settings),
    ...(apiKeys.length > 0 ? ['apiKeys'] : []),
  ];
  const outputs = apiKeys.map(keyOutputName);
  const problems = {
    publicApi: publicApi
      ? protectedBy.length > 0 && `contradicts ${protectedBy.join(' and ')}`
      : protectedBy.length === 0 &&
        'must be true for an API that anybody may call; otherwise set iamAuthorization, userPoolArns, authorizerFunctionArn or apiKeys',
    iamAuthorization:
      iamAuthorization &&
      tokensOf(settings).length > 0 &&
      `contradicts ${tokensOf(settings).join(' and ')}: API Gateway asks one of them`,
    authorizerFunctionArn:
      authorizerFunctionArn !== null &&
      userPoolArns.length > 0 &&
      'contradicts userPoolArns: API Gateway asks one of them',
    sourceRanges:
      sourceRanges.length > 0 &&
      vpcEndpointIds.length > 0 &&
      'contradicts vpcEndpointIds: a private API is reached through those only',
    apiKeys:
      new Set(outputs).size < outputs.length &&
      'has names that differ in case or punctuation only, and would share an output',
    domainName:
      domainName !== null && vpcEndpointIds.length > 0
        ? 'is not to be had with vpcEndpointIds: domains of private APIs are of another kind'
        : domainName === null &&
          (domainCertificateArn ?? domainHostedZoneId) !== null &&
          `is missing; ${domainCertificateArn === null ? 'domainHostedZoneId' : 'domainCertificateArn'} needs it`,
    domainCertificateArn:
      domainName !== null && domainCertificateArn === null && 'is missing; domainName needs it',
    alarmTopicArn:
      budgetUsdPerMonth !== null &&
      alarmTopicArn === null &&
      'is missing; budgetUsdPerMonth needs it',
    budgetUsdPerMonth:
      budgetUsdPerMonth === null && budgetScope === 'stack' && 'is missing; budgetScope needs it',
    vpcId: vpcId === null && vpcSubnetIds.length > 0 && 'is missing; vpcSubnetIds need it',
    vpcSubnetIds: vpcId !== null && vpcSubnetIds.length === 0 && 'are missing; vpcId needs them',
    playground:
      settings.playground &&
      (iamAuthorization || tokensOf(settings).length > 0) &&
      'is a page, which neither signs requests nor has tokens: set apiKeys or publicApi',
    provisionedConcurrency: provisioningProblem(settings),
    tenantIdFrom: tenantProblem(settings),
  };
  return Object.entries(problems).flatMap(([key, problem]) =>
    problem === false ? [] : [`${key}: ${problem}`],
  );
}

function provisioningProblem(settings: StackSettings): string | false {
  const { provisionedConcurrency, reservedConcurrency, tenantIdFrom } = settings;
  if (provisionedConcurrency === null) return false;
  if (tenantIdFrom !== null)
    return 'is not to be had with tenantIdFrom: Lambda provisions no tenant';
  const reserved = reservedConcurrency ?? Number.POSITIVE_INFINITY;
  return provisionedConcurrency > reserved && 'must not be more than reservedConcurrency';
}

/** The output that has the id of a key: `KeyAlice`. */
export function keyOutputName(name: string): string {
  const words = name.split(/[-_]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Key${words.join('')}`;
}

/**
 * Why `tenantIdFrom` would give no request a tenant: Lambda would then reject every request or, if it
 * accepted an empty tenant, run all of them as the same one.
 */
function tenantProblem(context: {
  readonly tenantIdFrom: string | null;
  readonly iamAuthorization: boolean;
  readonly apiKeys: readonly string[];
  readonly userPoolArns: readonly string[];
  readonly authorizerFunctionArn: string | null;
}): string | false {
  const { tenantIdFrom, iamAuthorization, apiKeys, userPoolArns } = context;
  if (tenantIdFrom === null || tenantIdFrom.startsWith('method.')) return false;
  if (tenantIdFrom === 'context.identity.apiKeyId') {
    return apiKeys.length === 0 && 'names API keys; set apiKeys';
  }
  if (signerProperties.has(tenantIdFrom)) {
    return !iamAuthorization && 'names who signed the request; set iamAuthorization';
  }
  if (tenantIdFrom.startsWith('context.authorizer.claims.')) {
    return userPoolArns.length === 0 && 'names a claim of a token; set userPoolArns';
  }
  if (tenantIdFrom.startsWith('context.authorizer.')) {
    return (
      context.authorizerFunctionArn === null &&
      'names what a Lambda authorizer says; set authorizerFunctionArn'
    );
  }
  return (
    'is no tenant; of the context, API Gateway knows context.identity.apiKeyId, ' +
    `${[...signerProperties].join(', ')}, context.authorizer.claims.NAME and context.authorizer.NAME`
  );
}

/** Where API Gateway finds who signed a request. */
const signerProperties: ReadonlySet<string> = new Set([
  'context.identity.accountId',
  'context.identity.caller',
  'context.identity.user',
  'context.identity.userArn',
]);
