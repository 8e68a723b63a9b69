import { Aws, Names, Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { Context } from '../context/context.ts';
import type { OperatorTopic } from './topic.ts';

/** Percent of the budget, spent or foreseen, of which the topic is told. */
const thresholds = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'ACTUAL', threshold: 100 },
  // AWS foresees nothing in the first five weeks of an account's use.
  { notificationType: 'FORECASTED', threshold: 100 },
];

/** The tag that CloudFormation gives to what it makes, which must be activated to allocate costs. */
const STACK_TAG = 'aws:cloudformation:stack-name';

/** Tells the topic when a month costs more than the context says. */
export function watchCosts(
  scope: Construct,
  { budgetUsdPerMonth, budgetScope }: Context,
  topic: OperatorTopic | undefined,
): void {
  if (budgetUsdPerMonth === null || topic === undefined) return;
  // Budgets are the account's, not a region's.
  const name = Names.uniqueResourceName(scope, { maxLength: 80, separator: '-' });
  const budget = new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `${name}-${Aws.REGION}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: budgetUsdPerMonth, unit: 'USD' },
      ...(budgetScope === 'stack' && {
        costFilters: { TagKeyValue: [`${STACK_TAG}$${Stack.of(scope).stackName}`] },
      }),
    },
    notificationsWithSubscribers: thresholds.map((threshold) => ({
      notification: {
        ...threshold,
        thresholdType: 'PERCENTAGE',
        comparisonOperator: 'GREATER_THAN',
      },
      subscribers: [{ subscriptionType: 'SNS', address: topic.topic.topicArn }],
    })),
  });
  topic.letPublish('budgets.amazonaws.com')?.applyBefore(budget);
}
