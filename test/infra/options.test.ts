import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { options, playgroundOptions, synthesize } from '../support/synthesis.ts';

const methodsOf = (template: ReturnType<typeof synthesize>['template']) =>
  Object.values(template.findResources('AWS::ApiGateway::Method')).map(
    ({ Properties }) => Properties,
  );

describe('options', () => {
  test('none of them is on by default', () => {
    const { template } = synthesize();
    for (const type of [
      'AWS::ApiGateway::ApiKey',
      'AWS::ApiGateway::UsagePlan',
      'AWS::WAFv2::WebACL',
      'AWS::ApiGateway::DomainName',
      'AWS::Route53::RecordSet',
      'AWS::EC2::SecurityGroup',
      'AWS::Budgets::Budget',
      'AWS::SNS::TopicPolicy',
    ]) {
      template.resourceCountIs(type, 0);
    }
    for (const method of methodsOf(template)) {
      expect(method.AuthorizationType).toBe('AWS_IAM');
      expect(method.ApiKeyRequired).toBe(false);
      expect(method.HttpMethod).not.toBe('OPTIONS');
    }
    template.hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: Match.absent(),
      TenancyConfig: Match.absent(),
      VpcConfig: Match.absent(),
    });
  });

  test('streaming: every method streams for as long as the function may run', () => {
    const { template } = synthesize();
    for (const { Integration } of methodsOf(template)) {
      expect(Integration).toMatchObject({
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
      });
      expect(JSON.stringify(Integration.Uri)).toContain('/response-streaming-invocations');
    }
    const shorter = synthesize({ engineMaxStreamTimeoutMs: '100000' }).template;
    shorter.hasResourceProperties('AWS::Lambda::Function', { Timeout: 160 });
    for (const { Integration } of methodsOf(shorter)) {
      expect(Integration.TimeoutInMillis).toBe(160_000);
    }
  });

  test('mcp: the route of agents, with the authorization of the others', () => {
    const pathsOf = (template: ReturnType<typeof synthesize>['template']) =>
      Object.values(template.findResources('AWS::ApiGateway::Resource')).map(
        ({ Properties }) => Properties.PathPart,
      );
    const off = synthesize().template;
    expect(pathsOf(off)).not.toContain('mcp');
    off.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ENGINE_MCP: 'false' }) },
    });
    const on = synthesize({ mcp: 'true', iamAuthorization: 'true' }).template;
    expect(pathsOf(on)).toContain('mcp');
    on.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ENGINE_MCP: 'true' }) },
    });
    for (const method of methodsOf(on)) expect(method.AuthorizationType).toBe('AWS_IAM');
  });

  test('no streaming: whole answers, as API Gateway waits for them', () => {
    const { template } = synthesize({ streaming: 'false' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Timeout: 28,
    });
    for (const { Integration } of methodsOf(template)) {
      expect(Integration).not.toHaveProperty('ResponseTransferMode');
      expect(Integration).not.toHaveProperty('TimeoutInMillis');
      expect(JSON.stringify(Integration.Uri)).not.toContain('streaming');
    }
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
    });
  });

  test('API keys: each name has a key, every route asks for one, one plan limits each', () => {
    const { template } = synthesize(options['API keys']);
    template.resourceCountIs('AWS::ApiGateway::ApiKey', 2);
    template.resourceCountIs('AWS::ApiGateway::UsagePlanKey', 2);
    template.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      ApiStages: [{ ApiId: Match.anyValue(), Stage: Match.anyValue() }],
      Throttle: { RateLimit: 10, BurstLimit: 20 },
      Quota: { Limit: 100_000, Period: 'DAY' },
    });
    for (const method of methodsOf(template)) expect(method.ApiKeyRequired).toBe(true);
    const { ExecuteCurl, KeyAlice, KeyBob } = template.findOutputs('*');
    expect(JSON.stringify(ExecuteCurl)).toContain('x-api-key');
    expect([KeyAlice?.Value, KeyBob?.Value]).toEqual(
      ['alice', 'bob'].map((name) => {
        const description = { Properties: { Description: `script-engine: ${name}` } };
        const [id] = Object.keys(template.findResources('AWS::ApiGateway::ApiKey', description));
        return { Ref: id };
      }),
    );
  });

  test('public API: where it is said so, nothing is asked of callers', () => {
    const { template } = synthesize(options['public API']);
    for (const method of methodsOf(template)) {
      expect([method.AuthorizationType, method.ApiKeyRequired]).toEqual(['NONE', false]);
    }
  });

  test('playground: its page is open to browsers, and what it runs is not', () => {
    const { template } = synthesize(playgroundOptions['playground behind API keys']);
    const open = methodsOf(template).filter(({ ApiKeyRequired }) => ApiKeyRequired === false);
    expect(open.map(({ HttpMethod }) => HttpMethod)).toEqual(['GET', 'GET']);
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: '{asset}' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ENGINE_PLAYGROUND: 'true' }) },
    });
    // Texts of the function's are compressed by the gateway; what streams is compressed already.
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { MinimumCompressionSize: 4096 });
    synthesize(playgroundOptions.playground).template.hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      {
        MinimumCompressionSize: Match.absent(),
      },
    );
  });

  test('IAM authorization: every route wants a signature, and says so', () => {
    const { template } = synthesize(options['IAM authorization']);
    for (const method of methodsOf(template)) expect(method.AuthorizationType).toBe('AWS_IAM');
    template.resourcePropertiesCountIs(
      'AWS::ApiGateway::GatewayResponse',
      { ResponseType: 'MISSING_AUTHENTICATION_TOKEN' },
      0,
    );
    const { ExecuteCurl } = template.findOutputs('ExecuteCurl');
    expect(JSON.stringify(ExecuteCurl)).toContain('--aws-sigv4');
  });

  test('WAF rate rule: an address over its rate is blocked in front of the stage', () => {
    const { template } = synthesize(options['WAF rate rule']);
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        Match.objectLike({
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 500 },
          },
        }),
      ],
    });
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: Match.objectLike({
        'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('DeploymentStage') }])],
      }),
    });
  });

  test('CORS: preflight, the errors of API Gateway and the function know the origin', () => {
    const { template } = synthesize(options.CORS);
    const preflights = methodsOf(template).filter(({ HttpMethod }) => HttpMethod === 'OPTIONS');
    expect(preflights).toHaveLength(4);
    template.allResourcesProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
      }),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ ENGINE_CORS_ORIGINS: 'https://app.example.com' }),
      },
    });
  });

  test('CORS: a header that names the tenant may be sent', () => {
    const { template } = synthesize({ ...options.CORS, ...options['tenant isolation'] });
    const preflight = methodsOf(template).find(({ HttpMethod }) => HttpMethod === 'OPTIONS');
    expect(JSON.stringify(preflight)).toContain('X-Api-Key');
    expect(JSON.stringify(preflight)).toContain('x-tenant-id');
  });

  test('CORS with IAM and keys: a preflight, which cannot be signed, needs neither', () => {
    const { template } = synthesize({
      ...options.CORS,
      ...options['IAM authorization'],
      ...options['API keys'],
    });
    for (const method of methodsOf(template)) {
      const isPreflight = method.HttpMethod === 'OPTIONS';
      expect(method.AuthorizationType).toBe(isPreflight ? 'NONE' : 'AWS_IAM');
      expect(method.ApiKeyRequired).toBe(!isPreflight);
    }
  });

  test('custom domain: it is the only way in, over TLS 1.2 or newer', () => {
    const { template } = synthesize(options['custom domain']);
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'run.example.com',
      RegionalCertificateArn: options['custom domain'].domainCertificateArn,
      SecurityPolicy: 'TLS_1_2',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'run.example.com.',
      HostedZoneId: 'Z0123456789ABC',
    });
    template.hasOutput('Url', { Value: 'https://run.example.com/' });
  });

  test('custom domain: without a hosted zone the name is left to the operator', () => {
    const { template } = synthesize({ ...options['custom domain'], domainHostedZoneId: '' });
    template.resourceCountIs('AWS::ApiGateway::DomainName', 1);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.hasOutput('DomainTarget', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('Domain'), 'RegionalDomainName'] },
    });
  });

  test.each([
    [
      'a header',
      'method.request.header.x-tenant-id',
      { 'method.request.header.x-tenant-id': true },
    ],
    ['the API key', 'context.identity.apiKeyId', {}],
    ['the IAM account', 'context.identity.accountId', {}],
  ])('tenant isolation: Lambda learns the tenant from %s', (_, tenantIdFrom, required) => {
    const { template } = synthesize({
      tenantIdFrom,
      ...options['API keys'],
      ...options['IAM authorization'],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      TenancyConfig: { TenantIsolationMode: 'PER_TENANT' },
    });
    for (const method of methodsOf(template)) {
      const isExecution = method.HttpMethod === 'POST';
      expect(method.Integration.RequestParameters).toEqual({
        'integration.request.header.X-Amz-Tenant-Id': isExecution ? tenantIdFrom : "'none'",
      });
      expect(method.RequestParameters ?? {}).toEqual(isExecution ? required : {});
    }
  });

  test('VPC: only the allowed ports are open, outwards', () => {
    const { template } = synthesize({
      ...options.VPC,
      engineAllowedPorts: '443,8443',
      engineTrustedOrigins: 'http://intranet.example:8080',
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'] },
    });
    const [group] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    const { SecurityGroupIngress, SecurityGroupEgress } = group?.Properties ?? {};
    expect(SecurityGroupIngress).toBeUndefined();
    const ports: unknown[] = SecurityGroupEgress.map((rule: { FromPort: number }) => rule.FromPort);
    expect(new Set(ports)).toEqual(new Set([443, 8443, 8080]));
  });

  test("VPC: the function's code may not use what attaches it to the network", () => {
    const { template } = synthesize(options.VPC);
    const interfaces = Match.arrayWith(['ec2:CreateNetworkInterface']);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Action: interfaces }),
          {
            Effect: 'Deny',
            Action: interfaces,
            Resource: '*',
            Condition: {
              ArnLike: { 'lambda:SourceFunctionArn': 'arn:*:lambda:*:*:function:*' },
            },
          },
        ]),
      },
    });
  });

  test('reserved concurrency is what the context says', () => {
    const { template } = synthesize(options['reserved concurrency']);
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 20 });
  });

  test('the API calls a version by its alias, and versions before it stay', () => {
    const { template } = synthesize({ provisionedConcurrency: '4' });
    const [[alias] = []] = Object.entries(template.findResources('AWS::Lambda::Alias'));
    template.hasResource('AWS::Lambda::Alias', {
      Properties: {
        Name: 'live',
        FunctionName: { Ref: 'ExecuteFunction' },
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 4 },
      },
      UpdatePolicy: Match.absent(),
    });
    template.hasResource('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
    for (const { Integration } of methodsOf(template)) {
      expect(JSON.stringify(Integration.Uri)).toContain(`{"Ref":"${alias}"}`);
    }
    template.allResourcesProperties('AWS::Lambda::Permission', { FunctionName: { Ref: alias } });
  });

  test('safe deployment: an alarm takes the traffic of a new version back', () => {
    const { template } = synthesize(options['safe deployment']);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: Match.arrayWith(['DEPLOYMENT_STOP_ON_ALARM']),
      },
      AlarmConfiguration: { Enabled: true },
    });
    const groups = template.findResources('AWS::CodeDeploy::DeploymentGroup');
    const [[id, group] = []] = Object.entries(groups);
    template.hasResource('AWS::Lambda::Alias', {
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: id } } },
    });
    const names: readonly { Name: { Ref: string } }[] = group?.Properties.AlarmConfiguration.Alarms;
    const alarms = template.findResources('AWS::CloudWatch::Alarm');
    const watched = names.map(({ Name: { Ref } }) => alarms[Ref]?.Properties);
    expect(watched.map((alarm) => [alarm?.MetricName, alarm?.Period])).toEqual([
      ['Errors', 60],
      ['SandboxStartsFailed', 60],
    ]);
  });
});
