import { Duration, Names, Stack } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';

/** Namespace of the engine's own metrics. */
export const metricNamespace = 'ScriptEngine';

const period = Duration.minutes(5);

/**
 * `service` of an engine's metrics and of its log: no two engines of one account and region share
 * it, so that none counts what another did.
 */
export function serviceNameOf(engine: IConstruct): string {
  const stack = Stack.of(engine);
  const isStackItself = engine.node.scope === stack && engine.node.id === 'Default';
  return isStackItself && stack.stackName === 'ScriptEngine'
    ? 'script-engine'
    : Names.uniqueResourceName(engine, { maxLength: 128, separator: '-' });
}

/** The metrics that one engine writes into its log, in the embedded metric format. */
export class EngineMetrics {
  readonly #service: string;

  /** @param service as {@link serviceNameOf} has it */
  constructor(service: string) {
    this.#service = service;
  }

  of(metricName: string, statistic: string, dimensions: Readonly<Record<string, string>> = {}) {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      statistic,
      dimensionsMap: { service: this.#service, ...dimensions },
      period,
    });
  }

  /** One line for each combination of dimension values in use. */
  everySeriesOf(metricName: string, dimensions: readonly string[], statistic: string) {
    const schema = [metricNamespace, 'service', ...dimensions].join(',');
    const query = `{${schema}} service="${this.#service}" MetricName="${metricName}"`;
    return new MathExpression({
      expression: `SEARCH('${query}', '${statistic}', ${period.toSeconds()})`,
      label: '',
      usingMetrics: {},
      period,
    });
  }
}
