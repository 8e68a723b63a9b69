/** Whose metrics the alarms and the dashboard of an engine show. */

import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { ScriptEngine } from '../../infra/script-engine.ts';
import { emptyMetadata, failedExecution } from '../../lambda/contract/failed-execution.ts';
import { createMetrics, recordExecution } from '../../lambda/telemetry/metrics.ts';

const flags = { ...CURRENTLY_RECOMMENDED_FLAGS, 'aws:cdk:disable-asset-staging': true };
const app = new App({ context: flags });
const shop = new Stack(app, 'Shop');
const engines = [
  new ScriptEngine(shop, 'Rules'),
  new ScriptEngine(shop, 'Reports'),
  new ScriptEngine(new Stack(app, 'Office'), 'Rules'),
  new ScriptEngine(new Stack(app, 'ScriptEngine'), 'Default'),
  new ScriptEngine(new Stack(app, 'Other'), 'Default'),
];

const templates = new Map(
  [...new Set(engines.map((engine) => Stack.of(engine)))].map((stack) => [
    stack,
    Template.fromStack(stack).toJSON(),
  ]),
);
const resourcesOf = (engine: ScriptEngine) => templates.get(Stack.of(engine))?.Resources;

interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What the engine's own code writes under the variables that its function has. */
function written(engine: ScriptEngine): readonly Series[] {
  const id = Stack.of(engine).getLogicalId(engine.handler.node.defaultChild as CfnFunction);
  const metrics = createMetrics(resourcesOf(engine)[id].Properties.Environment.Variables);
  if (metrics === null) throw new Error('metrics are off');
  const circumstances = {
    logsDropped: 1,
    failedStarts: 3,
    streamedBytes: null,
    sandboxesReplaced: 1,
    keptBytes: 1,
    credentialsRefused: 1,
    secretFailures: 1,
  };
  const known = { requestId: 'r', url: null, timestamp: '' };
  const metadata = { ...emptyMetadata(known), executionTimeMs: 1, downloadTimeMs: 1 };
  const report = { name: 'Error', message: '', stack: null, details: null };
  const crash = failedExecution({ ...report, code: 'SANDBOX_CRASHED' }, metadata);
  recordExecution(metrics, { ...crash, fetchesRefused: 1 }, circumstances);
  const line = metrics.serializeMetrics();
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
      })),
    ),
  );
}

/** What its alarms on the engine's own metrics watch. */
function watched(engine: ScriptEngine): readonly Series[] {
  const resources = resourcesOf(engine);
  const alarms = engine.node.findAll().filter((construct) => construct instanceof CfnAlarm);
  return alarms
    .map((alarm) => resources[Stack.of(engine).getLogicalId(alarm)]?.Properties)
    .filter(({ Namespace }) => Namespace === 'ScriptEngine')
    .map(({ Namespace, MetricName, Dimensions }) => ({
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(
        Dimensions.map(({ Name, Value }: Readonly<Record<string, string>>) => [Name, Value]),
      ),
    }));
}

describe('engines of one account', () => {
  test.each(engines.map((engine) => [engine.node.path, engine] as const))(
    "%s: its alarms watch what its own function writes, and nothing of another's",
    (_, engine) => {
      const others = engines.filter((other) => other !== engine).flatMap(written);
      const own = written(engine);
      const alarms = watched(engine);
      expect(alarms).toHaveLength(3);
      for (const series of alarms) {
        expect(own).toContainEqual(series);
        expect(others).not.toContainEqual(series);
      }
    },
  );

  test('the dashboard asks for the series of its own engine', () => {
    const dashboards = Object.entries(templates.get(shop)?.Resources).filter(([id]) =>
      id.startsWith('ReportsDashboard'),
    );
    const body = JSON.stringify(dashboards);
    const services = new Set([...body.matchAll(/Shop-(?:Rules|Reports)-[0-9A-F]+/g)].map(String));
    expect([...services]).toEqual([engines[1]?.serviceName]);
    expect(body).toContain('SEARCH');
  });

  test('the stack of this project keeps the name by which its metrics are known', () => {
    expect(engines[3]?.serviceName).toBe('script-engine');
    expect(new Set(engines.map(({ serviceName }) => serviceName)).size).toBe(engines.length);
  });
});
