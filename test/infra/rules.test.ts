import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { allOptions, options, playgroundOptions, synthesize } from '../support/synthesis.ts';

const variants: readonly [string, Readonly<Record<string, unknown>>][] = [
  ['the defaults', {}],
  ...Object.entries({ ...options, ...playgroundOptions }),
  ['all options together', allOptions],
];

/** What the rules find, as `rule at construct`. */
function findings(app: IConstruct): string[] {
  return [new AwsSolutionsChecks(), new ServerlessChecks()].flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
  );
}

/** Takes every acknowledgement off the construct tree and returns them: rule and reason. */
function withdrawAcknowledgements(app: IConstruct): Record<string, string>[] {
  const acknowledged: Record<string, string>[] = [];
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  for (const construct of app.node.findAll()) {
    const metadata = construct.node.metadata.filter(({ type }) => type === key);
    acknowledged.push(...metadata.map(({ data }) => data));
    Object.defineProperty(construct.node, 'metadata', { value: [] });
  }
  return acknowledged;
}

describe('AwsSolutions and Serverless rules', () => {
  test.each(variants)('find nothing to complain of in %s', (_, overrides) => {
    expect(findings(synthesize(overrides).app)).toEqual([]);
  });

  test('no acknowledgement is there without need, and each has its reason', () => {
    const { app } = synthesize();
    const acknowledged = withdrawAcknowledgements(app).flatMap((rules) => Object.entries(rules));
    const broken = new Set(findings(app).map((finding) => finding.split(' at ')[0]));

    expect(new Set(acknowledged.map(([rule]) => rule.replace(/^Annotation::/, '')))).toEqual(
      broken,
    );
    for (const [, reason] of acknowledged) expect(reason).toMatch(/^.{40,}\.$/);
  });
});
