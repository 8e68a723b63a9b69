import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  Cors,
  EndpointType,
  type IResource,
  JsonSchemaType,
  JsonSchemaVersion,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type MethodOptions,
  ResponseTransferMode,
  RestApi,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { authorization } from './callers/authorizer.ts';
import { resourcePolicy } from './callers/resource-policy.ts';
import type { Context } from './context/context.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { tenantHeader, tenantMapping } from './tenancy.ts';

/** Of each method that executes nothing: health, description, and what is answered with 405. */
const OTHER_RATE_PER_SECOND = 10;
const OTHER_BURST = 20;

export interface EngineApiProps {
  readonly context: Context;
  /** As the console and CloudWatch's metrics have it. */
  readonly name: string;
  readonly handler: IFunction;
}

/** The REST API: its routes, its stage, and the errors that it answers without the function. */
export class EngineApi extends Construct {
  readonly restApi: RestApi;
  /** One line for each request, with who sent it. */
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, { context, name, handler }: EngineApiProps) {
    super(scope, id);

    const logs = { retention: context.logRetentionDays, removalPolicy: RemovalPolicy.DESTROY };
    this.accessLog = new LogGroup(this, 'AccessLog', logs);

    const logging = {
      loggingLevel: MethodLoggingLevel.ERROR,
      // Bodies are the callers' own and are never logged.
      dataTraceEnabled: false,
    };
    // API Gateway throttles each method by itself: the rate is that of executions.
    const executions = {
      ...logging,
      throttlingRateLimit: context.throttleRatePerSecond,
      throttlingBurstLimit: context.throttleBurst,
    };
    const pagesMayCall = context.engine.corsOrigins.length > 0;
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: name,
      ...endpoint(this, context),
      disableExecuteApiEndpoint: context.domainName !== null,
      // API Gateway writes logs with a role that is set once for the whole account and region.
      cloudWatchRole: context.apiGatewayLogRole,
      deployOptions: {
        stageName: context.stageName,
        ...logging,
        throttlingRateLimit: OTHER_RATE_PER_SECOND,
        throttlingBurstLimit: OTHER_BURST,
        methodOptions: {
          '/execute/POST': executions,
          ...(context.mcp && { '/mcp/POST': executions }),
          // A page asks before it sends.
          ...(pagesMayCall && { '/execute/OPTIONS': executions }),
          ...(pagesMayCall && context.mcp && { '/mcp/OPTIONS': executions }),
        },
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: accessLogFormat(context),
        tracingEnabled: true,
      },
      // The function's answers are texts, where they do not stream: the gateway compresses the page's script.
      ...(context.playground && !context.streaming && { minCompressionSize: Size.kibibytes(4) }),
      ...(pagesMayCall && {
        defaultCorsPreflightOptions: {
          allowOrigins: [...context.engine.corsOrigins],
          allowMethods: ['GET', 'POST'],
          allowHeaders: [
            ...Cors.DEFAULT_HEADERS,
            ...tenantHeader(context),
            ...(context.mcp ? ['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name'] : []),
          ],
        },
      }),
      defaultMethodOptions: {
        ...authorization(this, context),
        apiKeyRequired: context.apiKeys.length > 0,
      },
    });

    // Whoever wants an output for the URL has `url` of the engine.
    this.restApi.node.tryRemoveChild('Endpoint');

    // API Gateway makes this log group itself, to be kept for ever, unless it exists.
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      ...logs,
      logGroupName: `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${context.stageName}`,
    });
    this.restApi.deploymentStage.node.addDependency(executionLog);

    addRoutes(this.restApi, context, handler);
    addGatewayResponses(this.restApi, context);
    acknowledgeRules(this.restApi, context);
  }
}

/** Where the API is reached: from the Internet, or from inside of a VPC alone. */
function endpoint(scope: Construct, context: Context): RestApiProps {
  const policy = resourcePolicy(context);
  const { vpcEndpointIds } = context;
  const vpcEndpoints = vpcEndpointIds.map((vpcEndpointId, index) =>
    InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, `VpcEndpoint${index}`, {
      vpcEndpointId,
      port: 443,
    }),
  );
  return {
    ...(policy && { policy }),
    ...(vpcEndpoints.length > 0
      ? { endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints } }
      : { endpointTypes: [EndpointType.REGIONAL] }),
  };
}

function addRoutes(restApi: RestApi, context: Context, handler: IFunction): void {
  const caller = tenantMapping(context, 'caller');
  const nobody = tenantMapping(context, 'nobody');
  const streaming = context.streaming && {
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: Duration.seconds(context.invocationSeconds),
  };
  const integrate = (mapping: typeof caller) =>
    new LambdaIntegration(handler, {
      ...streaming,
      allowTestInvoke: false,
      requestParameters: mapping.integration,
    });

  const execute = restApi.root.addResource('execute');
  execute.addMethod('POST', integrate(caller), {
    ...requestValidation(restApi),
    requestParameters: caller.method,
  });
  const health = restApi.root.addResource('health');
  health.addMethod('GET', integrate(nobody));
  const openapi = restApi.root.addResource('openapi.json');
  openapi.addMethod('GET', integrate(nobody));

  const resources: IResource[] = [execute, health, openapi];
  if (context.mcp) {
    const mcp = restApi.root.addResource('mcp');
    mcp.addMethod('POST', integrate(caller), { requestParameters: caller.method });
    resources.push(mcp);
  }
  if (context.playground) {
    const asset = restApi.root.addResource('playground').addResource('{asset}');
    // A browser that opens a page has no key yet; the page asks for one.
    const open = { apiKeyRequired: false, authorizationType: AuthorizationType.NONE };
    for (const resource of [restApi.root, asset]) {
      acknowledge(resource.addMethod('GET', integrate(nobody), open), {
        'AwsSolutions-APIG4': 'The page and its files are the same for everybody, and run nothing.',
      });
    }
    resources.push(restApi.root, asset);
  }
  // Other methods reach the function, which answers 405 and names those that are allowed.
  for (const resource of resources) resource.addMethod('ANY', integrate(nobody));
}

/**
 * A coarse check, in the part of JSON Schema that API Gateway knows, so that junk costs no
 * invocation. The function checks all of it, and bodies that are not declared as JSON (415).
 */
function requestValidation(restApi: RestApi): MethodOptions {
  const model = restApi.addModel('ExecuteRequest', {
    contentType: 'application/json',
    schema: {
      schema: JsonSchemaVersion.DRAFT4,
      title: 'ExecuteRequest',
      type: JsonSchemaType.OBJECT,
      oneOf: [{ required: ['url'] }, { required: ['code'] }],
      not: { required: ['input', 'inputs'] },
      properties: {
        url: { type: JsonSchemaType.STRING, minLength: 1, maxLength: 2048 },
        code: { type: [JsonSchemaType.STRING, JsonSchemaType.OBJECT] },
        inputs: { type: JsonSchemaType.ARRAY, minItems: 1, maxItems: 1000 },
      },
    },
  });
  return {
    requestModels: { 'application/json': model },
    requestValidator: restApi.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    }),
  };
}

function accessLogFormat(context: Context): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      // The names that the engine's own log has for the same.
      request_id: AccessLogField.contextRequestId(),
      time: AccessLogField.contextRequestTimeEpoch(),
      ip: AccessLogField.contextIdentitySourceIp(),
      api_key_id: AccessLogField.contextIdentityApiKeyId(),
      user_arn: AccessLogField.contextIdentityUserArn(),
      ...(context.userPoolArns.length > 0 && {
        subject: AccessLogField.contextAuthorizerClaims('sub'),
      }),
      ...(context.authorizerFunctionArn !== null && {
        subject: AccessLogField.contextAuthorizerPrincipalId(),
      }),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      route: AccessLogField.contextResourcePath(),
      protocol: AccessLogField.contextProtocol(),
      tls: '$context.tlsVersion',
      status: AccessLogField.contextStatus(),
      refusal: AccessLogField.contextErrorResponseType(),
      response_bytes: AccessLogField.contextResponseLength(),
      latency_ms: AccessLogField.contextResponseLatency(),
      integration_latency_ms: AccessLogField.contextIntegrationLatency(),
      integration_status: AccessLogField.contextIntegrationStatus(),
      // From API Gateway's call to the function until status and headers, and until the body began.
      ...(context.streaming && {
        headers_ms: '$context.integration.timeToAllHeaders',
        first_byte_ms: '$context.integration.timeToFirstContent',
      }),
      waf: AccessLogField.contextWafResponseCode(),
      trace_id: AccessLogField.contextXrayTraceId(),
    }),
  );
}

function acknowledgeRules(restApi: RestApi, context: Context): void {
  const managed = 'AmazonAPIGatewayPushToCloudWatchLogs';
  acknowledge(restApi, {
    [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${managed}]`]:
      "API Gateway's own role for writing logs, as its documentation prescribes it.",
  });
  const { iamAuthorization, userPoolArns, authorizerFunctionArn } = context;
  if (userPoolArns.length === 0) {
    acknowledge(restApi, {
      'AwsSolutions-COG4':
        'Callers are services: how they authenticate is for the operator to say, in the context.',
    });
  }
  if (!iamAuthorization && userPoolArns.length === 0 && authorizerFunctionArn === null) {
    acknowledge(restApi, {
      'AwsSolutions-APIG4':
        'Callers have API keys, or the operator has said that anybody may call (publicApi).',
    });
  }
  if (context.wafRequestsPer5Minutes === null && context.wafManagedRules.length === 0) {
    acknowledge(restApi, {
      'AwsSolutions-APIG3':
        'A web ACL costs money at rest: off until the operator sets wafRequestsPer5Minutes or wafManagedRules.',
    });
  }
}
