import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synthesis.ts';

const { template } = synthesize();

const resourcesOf = (type: string) => Object.values(template.findResources(type));

describe('function', () => {
  test('is the bundle on the Node.js that it was tested with, under the name sam looks for', () => {
    expect(template.findResources('AWS::Lambda::Function')).toHaveProperty('ExecuteFunction');
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'stream.handler',
      MemorySize: 1769,
      Timeout: 900,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: { Ref: Match.stringLikeRegexp('FunctionLog') },
      },
    });
  });

  test('gets its settings, and a log group of their own for what scripts log', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ENGINE_TIMEOUT_MS: '5000',
          ENGINE_MAX_TIMEOUT_MS: '25000',
          ENGINE_FETCH_ALLOWED_HOSTS: '*',
          ENGINE_SCRIPT_LOG_GROUP: { Ref: Match.stringLikeRegexp('ScriptLog') },
          POWERTOOLS_SERVICE_NAME: 'script-engine',
          POWERTOOLS_METRICS_NAMESPACE: 'ScriptEngine',
          POWERTOOLS_LOG_LEVEL: 'INFO',
        }),
      },
    });
  });

  test('may write its two log groups and its traces, and nothing else', () => {
    const [role] = Object.values(
      template.findResources('AWS::IAM::Role', {
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }],
          },
        },
      }),
    );
    expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(resourcesOf('AWS::IAM::Policy')).toHaveLength(1);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: [
              { 'Fn::GetAtt': [Match.stringLikeRegexp('FunctionLog'), 'Arn'] },
              { 'Fn::GetAtt': [Match.stringLikeRegexp('ScriptLog'), 'Arn'] },
            ],
          },
          {
            Effect: 'Allow',
            Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
            Resource: '*',
          },
        ],
      },
    });
  });

  test('is invoked by this API and by nobody else', () => {
    const permissions = resourcesOf('AWS::Lambda::Permission');
    expect(permissions).toHaveLength(6);
    for (const { Properties: permission } of permissions) {
      expect(permission.Principal).toBe('apigateway.amazonaws.com');
      expect(JSON.stringify(permission.SourceArn)).toContain('ApiRestApi');
    }
    template.resourceCountIs('AWS::Lambda::Url', 0);
  });
});

describe('API', () => {
  test('is regional and has the three routes', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const paths = resourcesOf('AWS::ApiGateway::Resource').map(({ Properties }) => Properties);
    expect(paths.map(({ PathPart }) => PathPart).sort()).toEqual([
      'execute',
      'health',
      'openapi.json',
    ]);
    const methods = resourcesOf('AWS::ApiGateway::Method').map(({ Properties }) => Properties);
    expect(methods.map(({ HttpMethod }) => HttpMethod).sort()).toEqual([
      'ANY',
      'ANY',
      'ANY',
      'GET',
      'GET',
      'POST',
    ]);
    for (const { Integration } of methods) expect(Integration.Type).toBe('AWS_PROXY');
  });

  test('traces, and logs each request as JSON', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v1',
      TracingEnabled: true,
    });
    const [stage] = resourcesOf('AWS::ApiGateway::Stage');
    const format = JSON.parse(stage?.Properties.AccessLogSetting.Format);
    expect(format).toMatchObject({
      request_id: '$context.requestId',
      api_key_id: '$context.identity.apiKeyId',
      status: '$context.status',
    });
  });

  test('refuses what cannot be a request before it costs an invocation', () => {
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'POST',
      RequestModels: { 'application/json': { Ref: Match.stringLikeRegexp('ExecuteRequest') } },
      RequestValidatorId: { Ref: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::ApiGateway::Model', {
      ContentType: 'application/json',
      Schema: {
        type: 'object',
        oneOf: [{ required: ['url'] }, { required: ['code'] }],
        not: { required: ['input', 'inputs'] },
        properties: {
          url: { type: 'string', minLength: 1, maxLength: 2048 },
          code: { type: ['string', 'object'] },
          inputs: { type: 'array', minItems: 1, maxItems: 1000 },
        },
      },
    });
  });
});

describe('operations', () => {
  test('every log group forgets after the set time and goes with the stack', () => {
    const groups = resourcesOf('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(4);
    for (const group of groups) {
      expect(group.Properties.RetentionInDays).toBe(30);
      expect(group.DeletionPolicy).toBe('Delete');
    }
  });

  test('an alarm watches each thing that somebody must look at', () => {
    const metrics = resourcesOf('AWS::CloudWatch::Alarm').map(({ Properties: alarm }) => [
      alarm.Namespace,
      alarm.MetricName,
      alarm.ExtendedStatistic ?? alarm.Statistic,
      alarm.TreatMissingData,
    ]);
    expect(metrics).toEqual([
      ['AWS/Lambda', 'Errors', 'Sum', 'notBreaching'],
      ['AWS/ApiGateway', '5XXError', 'Sum', 'notBreaching'],
      ['AWS/Lambda', 'Throttles', 'Sum', 'notBreaching'],
      ['ScriptEngine', 'ExecutionTime', 'p99', 'notBreaching'],
      ['ScriptEngine', 'SandboxCrashes', 'Sum', 'notBreaching'],
      ['ScriptEngine', 'SandboxStartsFailed', 'Maximum', 'notBreaching'],
    ]);
  });

  test('the outputs have the URL and a command to try it', () => {
    const { Url, ExecuteCurl, AccessLogGroup } = template.findOutputs('*');
    expect(AccessLogGroup?.Value).toEqual({ Ref: expect.stringContaining('AccessLog') });
    expect(JSON.stringify(Url)).toContain('.execute-api.');
    expect(JSON.stringify(ExecuteCurl)).toMatch(/curl https:.*execute -H 'content-type/);
  });
});
