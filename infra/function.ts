import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  CfnFunction,
  Code,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  TenancyConfig,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bundleFolder } from './bundle.ts';
import type { Context } from './context/context.ts';
import { vpcConfig } from './network.ts';
import { openTelemetryLayer, openTelemetryVariables } from './operators/open-telemetry.ts';
import { metricNamespace } from './telemetry.ts';

/**
 * For the C library's allocator, which keeps what V8's compilers have freed, for each thread of its own:
 * 20 MB in the handler after a thousand requests.
 */
const allocator = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
};

export interface EngineFunctionProps {
  readonly context: Context;
  /** `service` of its metrics and of its log. */
  readonly service: string;
}

/** The function, its role and its log groups. */
export class EngineFunction extends Construct {
  readonly handler: LambdaFunction;
  /** The version that the API calls. */
  readonly live: Alias;
  /** Where the function and the platform log. */
  readonly logGroup: LogGroup;
  /** Where the entries of scripts' `app_log` go; absent: to the function's own log. */
  readonly scriptLogGroup: LogGroup | undefined;

  constructor(scope: Construct, id: string, { context, service }: EngineFunctionProps) {
    super(scope, id);

    const logs = { retention: context.logRetentionDays, removalPolicy: RemovalPolicy.DESTROY };
    this.logGroup = new LogGroup(this, 'FunctionLog', logs);
    this.scriptLogGroup = context.scriptLogGroup
      ? new LogGroup(this, 'ScriptLog', logs)
      : undefined;

    // A role of its own, as the managed policy that CDK would attach may write to any log group.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup.grantWrite(role);
    this.scriptLogGroup?.grantWrite(role);
    allowSecrets(role, context);

    const { openTelemetryLayerArn } = context;
    this.handler = new LambdaFunction(this, 'Function', {
      description: 'Downloads a script, runs it in a sandbox, answers with what it did',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleFolder()),
      handler: context.streaming ? 'stream.handler' : 'handler.handler',
      memorySize: context.functionMemoryMb,
      timeout: Duration.seconds(context.invocationSeconds),
      environment: {
        ...context.engineEnvironment,
        ENGINE_MCP: String(context.mcp),
        ENGINE_PLAYGROUND: String(context.playground),
        ...(this.scriptLogGroup && { ENGINE_SCRIPT_LOG_GROUP: this.scriptLogGroup.logGroupName }),
        ...allocator,
        ...(openTelemetryLayerArn !== null && openTelemetryVariables),
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
        POWERTOOLS_LOG_LEVEL: context.logLevel,
      },
      ...(openTelemetryLayerArn !== null && {
        layers: [openTelemetryLayer(this, openTelemetryLayerArn)],
      }),
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: platformLogLevel(context.logLevel),
      tracing: Tracing.ACTIVE,
      ...(context.reservedConcurrency !== null && {
        reservedConcurrentExecutions: context.reservedConcurrency,
      }),
      // To go back to a version before, at once: see docs/operating.md.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(context.tenantIdFrom !== null && { tenancyConfig: TenancyConfig.PER_TENANT }),
    });
    const resource = this.handler.node.defaultChild;
    if (!(resource instanceof CfnFunction))
      throw new Error('CDK made something else of a function');
    const vpc = vpcConfig(this, context);
    if (vpc !== undefined) {
      resource.vpcConfig = vpc;
      allowNetworkInterfaces(role);
    }
    this.live = new Alias(this, 'Live', {
      aliasName: 'live',
      // CDK's classes fit its interfaces but for `exactOptionalPropertyTypes`.
      version: this.handler.currentVersion as IVersion,
      ...(context.provisionedConcurrency !== null && {
        provisionedConcurrentExecutions: context.provisionedConcurrency,
      }),
    });
    acknowledgeRules(this);
  }
}

/**
 * What Lambda lets pass of what the function writes: all that the engine's own logger does, which is
 * the one that knows `logLevel`, and never less than INFO, as which metrics are written.
 */
function platformLogLevel(level: Context['logLevel']): ApplicationLogLevel {
  return level === 'TRACE' || level === 'DEBUG'
    ? ApplicationLogLevel[level]
    : ApplicationLogLevel.INFO;
}

/** The secrets that credentials name, each by its own ARN. */
function allowSecrets(role: Role, { engine }: Context): void {
  const arns = engine.credentials.flatMap(({ secret }) =>
    secret.kind === 'secrets-manager' ? [secret.arn] : [],
  );
  if (arns.length === 0) return;
  const actions = ['secretsmanager:GetSecretValue'];
  role.addToPolicy(new PolicyStatement({ actions, resources: [...new Set(arns)] }));
}

/**
 * Lambda attaches a function to a VPC with the function's own role. The function's code has no need
 * of these calls, so they are denied to it (condition key `lambda:SourceFunctionArn`).
 */
function allowNetworkInterfaces(role: Role): void {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  role.addToPolicy(new PolicyStatement({ actions, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': 'arn:*:lambda:*:*:function:*' } },
    }),
  );
}

function acknowledgeRules(engine: EngineFunction): void {
  acknowledge(engine, {
    'Serverless-LambdaDLQ': 'Only API Gateway invokes the function, and it waits for the answer.',
    'AwsSolutions-IAM5[Resource::*]':
      'X-Ray has no resources to name; nor have the network interfaces of a function in a VPC.',
  });
}
