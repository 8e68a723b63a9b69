import { Aws, Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EngineMetrics } from '../telemetry.ts';

export interface EngineDashboardProps {
  readonly streaming: boolean;
  readonly metrics: EngineMetrics;
  readonly restApi: RestApi;
  readonly handler: IFunction;
  /** The function's own. */
  readonly logGroup: ILogGroup;
}

const period = Duration.minutes(5);

/** One page that shows how much runs, how fast, what fails and what is rejected. */
export class EngineDashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: EngineDashboardProps) {
    super(scope, id);
    const { streaming, metrics, restApi, handler, logGroup } = props;
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    this.url = `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards:name=${dashboard.dashboardName}`;

    dashboard.addWidgets(
      new SingleValueWidget({
        title: 'In the selected time',
        width: 24,
        height: 3,
        setPeriodToTimeRange: true,
        metrics: [
          restApi.metricCount({ label: 'requests', statistic: 'Sum' }),
          restApi.metricClientError({ label: '4xx', statistic: 'Sum' }),
          restApi.metricServerError({ label: '5xx', statistic: 'Sum' }),
          handler.metricErrors({ label: 'failed invocations' }),
          handler.metricThrottles({ label: 'throttled' }),
          metrics.of('SandboxCrashes', 'Sum').with({ label: 'sandbox crashes' }),
        ],
      }),
    );
    dashboard.addWidgets(
      graph('Executions by code type and outcome', [
        metrics.everySeriesOf('Executions', ['codeType', 'outcome'], 'Sum'),
      ]),
      graph('Cold starts and concurrency', [
        metrics.of('ColdStart', 'Sum', { function_name: handler.functionName }).with({
          label: 'cold starts',
        }),
        handler.metric('ConcurrentExecutions', { statistic: 'Maximum', period, label: 'at once' }),
      ]),
    );
    dashboard.addWidgets(
      graph('Execution (ms)', percentiles(metrics, 'ExecutionTime')),
      graph('Download (ms)', percentiles(metrics, 'DownloadTime')),
      graph('Whole invocation (ms)', [
        ...['p50', 'p95', 'p99'].map((statistic) =>
          handler.metricDuration({ statistic, period, label: statistic }),
        ),
      ]),
    );
    if (streaming) {
      dashboard.addWidgets(
        graph('Streams', [metrics.of('StreamTime', 'n').with({ label: 'streams' })]),
        graph('Streams (ms)', percentiles(metrics, 'StreamTime')),
        graph('Streams (bytes)', [
          metrics.of('StreamBytes', 'Sum').with({ label: 'all' }),
          metrics.of('StreamBytes', 'Maximum').with({ label: 'the longest' }),
        ]),
      );
    }
    dashboard.addWidgets(
      graph('Sandboxes', [
        metrics.of('SandboxesReplaced', 'Sum').with({ label: 'replaced' }),
        metrics.of('SandboxCrashes', 'Sum').with({ label: 'crashed in a run' }),
        metrics.of('SandboxStartsFailed', 'Maximum').with({ label: 'failed starts in a row' }),
      ]),
      graph('Compiled code and memory images kept (bytes)', [
        metrics.of('KeptCodeBytes', 'Average').with({ label: 'average' }),
        metrics.of('KeptCodeBytes', 'Maximum').with({ label: 'most' }),
      ]),
      graph('Refused and lost', [
        metrics.of('FetchesRefused', 'Sum').with({ label: 'fetches refused' }),
        metrics.of('CredentialsRefused', 'Sum').with({ label: 'of those, for a credential' }),
        metrics.of('SecretFailures', 'Sum').with({ label: 'secrets not read' }),
        metrics.of('ScriptLogsDropped', 'Sum').with({ label: 'script log entries lost' }),
      ]),
    );
    dashboard.addWidgets(
      graph('Answers with an error', [
        restApi.metricClientError({ statistic: 'Sum', period, label: '4xx' }),
        restApi.metricServerError({ statistic: 'Sum', period, label: '5xx' }),
      ]),
      new LogQueryWidget({
        title: 'Latest executions without success',
        width: 16,
        height: 6,
        logGroupNames: [logGroup.logGroupName],
        queryLines: [
          'fields @timestamp, outcome, code_host, request_id',
          'filter message = "invocation" and outcome != "SUCCESS"',
          'sort @timestamp desc',
          'limit 50',
        ],
      }),
    );
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6, leftYAxis: { min: 0 } });
}

function percentiles(metrics: EngineMetrics, metricName: string): IMetric[] {
  return ['p50', 'p95', 'p99'].map((statistic) =>
    metrics.of(metricName, statistic).with({ label: statistic }),
  );
}
