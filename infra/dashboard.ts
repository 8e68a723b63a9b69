import { Aws, Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  MathExpression,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { engineMetric, metricNamespace, serviceName } from './telemetry.ts';

export interface EngineDashboardProps {
  readonly streaming: boolean;
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
    const { streaming, restApi, handler, logGroup } = props;
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
          engineMetric('SandboxCrashes', 'Sum').with({ label: 'sandbox crashes' }),
        ],
      }),
    );
    dashboard.addWidgets(
      graph('Executions by code type and outcome', [
        everySeriesOf('Executions', ['codeType', 'outcome'], 'Sum'),
      ]),
      graph('Cold starts and concurrency', [
        engineMetric('ColdStart', 'Sum', { function_name: handler.functionName }).with({
          label: 'cold starts',
        }),
        handler.metric('ConcurrentExecutions', { statistic: 'Maximum', period, label: 'at once' }),
      ]),
    );
    dashboard.addWidgets(
      graph('Execution (ms)', [
        ...percentiles('ExecutionTime'),
        ...(streaming ? [engineMetric('StreamTime', 'p95').with({ label: 'p95, streamed' })] : []),
      ]),
      graph('Download (ms)', percentiles('DownloadTime')),
      graph('Whole invocation (ms)', [
        ...['p50', 'p95', 'p99'].map((statistic) =>
          handler.metricDuration({ statistic, period, label: statistic }),
        ),
      ]),
    );
    dashboard.addWidgets(
      graph('Refused and lost', [
        engineMetric('FetchesRefused', 'Sum').with({ label: 'fetches refused' }),
        engineMetric('ScriptLogsDropped', 'Sum').with({ label: 'script log entries lost' }),
        engineMetric('SandboxStartsFailed', 'Maximum').with({ label: 'failed starts in a row' }),
      ]),
      graph('Answers with an error', [
        restApi.metricClientError({ statistic: 'Sum', period, label: '4xx' }),
        restApi.metricServerError({ statistic: 'Sum', period, label: '5xx' }),
      ]),
      new LogQueryWidget({
        title: 'Latest executions without success',
        width: 8,
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

function percentiles(metricName: string): IMetric[] {
  return ['p50', 'p95', 'p99'].map((statistic) =>
    engineMetric(metricName, statistic).with({ label: statistic }),
  );
}

/** One line for each combination of dimension values in use. */
function everySeriesOf(metricName: string, dimensions: string[], statistic: string): IMetric {
  const schema = [metricNamespace, 'service', ...dimensions].join(',');
  const query = `{${schema}} service="${serviceName}" MetricName="${metricName}"`;
  return new MathExpression({
    expression: `SEARCH('${query}', '${statistic}', ${period.toSeconds()})`,
    label: '',
    usingMetrics: {},
    period,
  });
}
