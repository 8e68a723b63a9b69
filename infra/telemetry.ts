import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Namespace and `service` dimension of the engine's own metrics. */
export const metricNamespace = 'ScriptEngine';
export const serviceName = 'script-engine';

/** A metric that the engine writes into its log in the embedded metric format. */
export function engineMetric(
  metricName: string,
  statistic: string,
  dimensions: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    statistic,
    dimensionsMap: { service: serviceName, ...dimensions },
    period: Duration.minutes(5),
  });
}
