import { Names, Stack } from 'aws-cdk-lib';
import type { DomainName, IApiKey, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alias, IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EngineApi } from './api.ts';
import { protectByFirewall } from './callers/firewall.ts';
import { requireKeys } from './callers/keys.ts';
import { checkProps } from './context/context.ts';
import type { ScriptEngineProps } from './context/props.ts';
import { exampleCurl } from './curl.ts';
import { shiftTraffic } from './deployment.ts';
import { secureEndpoint, serveUnderDomain } from './domain.ts';
import { EngineFunction } from './function.ts';
import { EngineAlarms } from './operators/alarms.ts';
import { watchCosts } from './operators/budget.ts';
import { EngineDashboard } from './operators/dashboard.ts';
import { operatorTopic } from './operators/topic.ts';
import { EngineMetrics, serviceNameOf } from './telemetry.ts';

export { ContextError } from './context/context.ts';
export type { ScriptEngineProps };

/**
 * The whole service, for any stack: one function behind one REST API, what watches them, and the
 * options.
 *
 * @example
 * const engine = new ScriptEngine(stack, 'Rules', { engineFetchAllowedHosts: [] });
 * new CfnOutput(stack, 'RulesUrl', { value: engine.url });
 */
export class ScriptEngine extends Construct {
  /** Of the API, with its last slash: `POST` requests go to `${url}execute`. */
  readonly url: string;
  /** A command that calls the API as its options ask for. */
  readonly exampleCurl: string;
  readonly restApi: RestApi;
  readonly handler: LambdaFunction;
  /** The version that the API calls. */
  readonly live: Alias;
  /** Where the function logs. */
  readonly logGroup: LogGroup;
  /** Where entries of `app_log` go; absent: to the function's log. */
  readonly scriptLogGroup: LogGroup | undefined;
  /** One line for each request, with who sent it. */
  readonly accessLog: LogGroup;
  /** The dimension `service` of its own metrics, which no other engine has. */
  readonly serviceName: string;
  readonly dashboardUrl: string;
  /** The API's own domain, where it has one. */
  readonly domain: DomainName | undefined;
  /** By the names of `apiKeys`. */
  readonly keys: ReadonlyMap<string, IApiKey>;

  /** @throws {ContextError} naming each prop that is unknown or out of range, or contradicts others */
  constructor(scope: Construct, id: string, props: ScriptEngineProps = {}) {
    super(scope, id);
    const context = checkProps(props);
    this.serviceName = serviceNameOf(this);
    const metrics = new EngineMetrics(this.serviceName);

    const engine = new EngineFunction(this, 'Engine', { context, service: this.serviceName });
    this.handler = engine.handler;
    this.live = engine.live;
    this.logGroup = engine.logGroup;
    this.scriptLogGroup = engine.scriptLogGroup;
    const { handler, live, logGroup } = this;

    const { restApi, accessLog } = new EngineApi(this, 'Api', {
      context,
      name: Names.uniqueResourceName(this, { maxLength: 128, separator: '-' }),
      // CDK's classes fit its interfaces but for `exactOptionalPropertyTypes`.
      handler: live as IFunction,
    });
    this.restApi = restApi;
    this.accessLog = accessLog;
    const { streaming } = context;
    const dashboard = new EngineDashboard(this, 'Dashboard', {
      streaming,
      metrics,
      restApi,
      handler,
      logGroup,
    });
    this.dashboardUrl = dashboard.url;
    const topic = operatorTopic(this, context);
    const alarms = new EngineAlarms(this, 'Alarms', { context, metrics, restApi, handler, topic });
    watchCosts(this, context, topic);
    shiftTraffic(this, { context, live, alarms });

    this.url = context.domainName === null ? restApi.url : `https://${context.domainName}/`;
    secureEndpoint(restApi, context);
    this.domain = serveUnderDomain(restApi, context);
    protectByFirewall(restApi, context);
    this.keys = requireKeys(restApi, context);
    this.exampleCurl = exampleCurl(context, {
      url: this.url,
      region: Stack.of(this).region,
      keyId: this.keys.values().next().value?.keyId,
    });
  }
}
