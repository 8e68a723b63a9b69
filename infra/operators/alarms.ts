import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Context } from '../context/context.ts';
import type { OperatorTopic } from '../operators/topic.ts';
import type { EngineMetrics } from '../telemetry.ts';

export interface EngineAlarmsProps {
  readonly context: Context;
  readonly metrics: EngineMetrics;
  readonly restApi: RestApi;
  readonly handler: IFunction;
  /** Told when an alarm begins and when it ends. */
  readonly topic: OperatorTopic | undefined;
}

/** Alarms for the operator. */
export class EngineAlarms extends Construct {
  /** Those that tell within a minute or two that a new version does not work. */
  readonly ofVersions: readonly Alarm[];

  constructor(scope: Construct, id: string, props: EngineAlarmsProps) {
    super(scope, id);
    const { context, metrics, restApi, handler, topic } = props;

    const period = Duration.minutes(5);
    const alarms: readonly (Pick<AlarmProps, 'alarmDescription'> & {
      readonly id: string;
      readonly metric: IMetric;
      /** The lowest value that raises the alarm. */
      readonly from: number;
      readonly periods?: number;
      /** Whether it takes a deployment back. */
      readonly ofVersions?: true;
    })[] = [
      {
        id: 'Errors',
        metric: handler.metricErrors({ period: Duration.minutes(1) }),
        from: 1,
        ofVersions: true,
        alarmDescription: 'An invocation failed: the function crashed, timed out or did not start.',
      },
      {
        id: 'ServerErrors',
        metric: restApi.metricServerError({ period, statistic: 'Sum' }),
        from: 5,
        alarmDescription:
          'Callers got 5xx answers: see INTERNAL_ERROR, DOWNLOAD_FAILED and OVERLOADED in the log.',
      },
      {
        id: 'Throttles',
        metric: handler.metricThrottles({ period }),
        from: 1,
        alarmDescription: 'Lambda refused invocations: the concurrency limit is reached.',
      },
      {
        id: 'P99Duration',
        // An invocation may stream for minutes, which is what its caller wants.
        metric: context.streaming
          ? metrics.of('ExecutionTime', 'p99')
          : handler.metricDuration({ period, statistic: 'p99' }),
        from: context.alarmP99Ms,
        periods: 3,
        alarmDescription: context.streaming
          ? 'One run in a hundred whose answer is no stream takes longer than it should.'
          : 'One request in a hundred takes longer than it should.',
      },
      {
        id: 'SandboxCrashes',
        metric: metrics.of('SandboxCrashes', 'Sum'),
        from: 5,
        alarmDescription:
          'Sandbox processes died. Each was replaced; many in a row mean an attack or a defect.',
      },
      {
        id: 'SandboxesDown',
        metric: metrics.of('SandboxStartsFailed', 'Maximum').with({
          period: Duration.minutes(1),
        }),
        from: 3,
        ofVersions: true,
        alarmDescription:
          'An environment answers 503, as no sandbox starts in it: see sandbox_failure in the log.',
      },
    ];

    topic?.letPublish('cloudwatch.amazonaws.com');
    const versionAlarms: Alarm[] = [];
    for (const { id: name, metric, from, periods = 1, ofVersions = false, ...rest } of alarms) {
      const alarm = new Alarm(this, name, {
        ...rest,
        metric,
        threshold: from,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic !== undefined) {
        alarm.addAlarmAction(new SnsAction(topic.topic));
        alarm.addOkAction(new SnsAction(topic.topic));
      }
      if (ofVersions) versionAlarms.push(alarm);
    }
    this.ofVersions = versionAlarms;
  }
}
