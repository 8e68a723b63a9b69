/** Options of those who operate the stack. */

import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { ScriptEngine } from '../../infra/script-engine.ts';
import { options, synthesize } from '../support/synthesis.ts';

describe('options', () => {
  test('alarm topic: it is told when an alarm begins and when it ends', () => {
    const { template } = synthesize(options['alarm topic']);
    const topic = [options['alarm topic'].alarmTopicArn];
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: topic,
      OKActions: topic,
    });
  });

  test('script logs may stay in the log of the function', () => {
    const { template } = synthesize(options['script logs in the function log']);
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ENGINE_SCRIPT_LOG_GROUP: Match.absent() }) },
    });
  });

  test('an account whose API Gateway has its log role keeps it', () => {
    const { template } = synthesize({ apiGatewayLogRole: 'false' });
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
    template.resourceCountIs('AWS::IAM::Role', 1);
  });
});

describe('budget', () => {
  const notifications = (template: Template) =>
    Object.values(template.findResources('AWS::Budgets::Budget')).flatMap(({ Properties }) =>
      Properties.NotificationsWithSubscribers.map(
        ({ Notification, Subscribers }: Record<string, never>) => [Notification, Subscribers],
      ),
    );

  test('of the account: the topic is told of most, of all, and of what is foreseen', () => {
    const { template } = synthesize(options.budget);
    template.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: {
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        BudgetLimit: { Amount: 50, Unit: 'USD' },
        CostFilters: Match.absent(),
      },
    });
    const told = [{ SubscriptionType: 'SNS', Address: options.budget.alarmTopicArn }];
    expect(notifications(template)).toEqual(
      [
        ['ACTUAL', 80],
        ['ACTUAL', 100],
        ['FORECASTED', 100],
      ].map(([NotificationType, Threshold]) => [
        {
          NotificationType,
          Threshold,
          ThresholdType: 'PERCENTAGE',
          ComparisonOperator: 'GREATER_THAN',
        },
        told,
      ]),
    );
    // The topic of somebody else has a policy of its own.
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });

  test('of the stack: by the tag that CloudFormation gives to what it makes', () => {
    const { template } = synthesize({ ...options.budget, budgetScope: 'stack' });
    template.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { CostFilters: { TagKeyValue: ['aws:cloudformation:stack-name$ScriptEngine'] } },
    });
  });

  test('its name is one that AWS takes, and another in each region', () => {
    const { template } = synthesize(options.budget);
    const [budget] = Object.values(template.findResources('AWS::Budgets::Budget'));
    const [, [prefix, region]] = budget?.Properties.Budget.BudgetName['Fn::Join'] ?? [];
    expect(prefix).toMatch(/^[\w-]{1,81}$/);
    expect(region).toEqual({ Ref: 'AWS::Region' });
  });
});

describe('a topic of the same app', () => {
  const stack = new Stack(
    new App({ context: { ...CURRENTLY_RECOMMENDED_FLAGS, 'aws:cdk:disable-asset-staging': true } }),
    'Shop',
  );
  const masterKey = new Key(stack, 'Key');
  const topic = new Topic(stack, 'OnCall', { enforceSSL: true, masterKey });
  const told = { alarmTopicArn: topic.topicArn, budgetUsdPerMonth: 20 };
  new ScriptEngine(stack, 'Rules', told);
  const template = Template.fromStack(stack);
  const allowed = {
    Effect: 'Allow',
    Principal: { Service: ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };

  test('lets alarms and the budget of this account publish, which its policy would not', () => {
    const policies = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    expect(policies).toHaveLength(1);
    const { Statement } = policies[0]?.Properties.PolicyDocument ?? {};
    expect(Statement).toContainEqual(
      expect.objectContaining({
        ...allowed,
        Action: 'sns:Publish',
        Resource: { Ref: expect.stringContaining('OnCall') },
      }),
    );
    expect(Statement).toHaveLength(2);
    expect(Statement).toContainEqual(expect.objectContaining({ Effect: 'Deny' }));
  });

  test('lets them use its key, where it has one', () => {
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key?.Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({ ...allowed, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
    );
  });

  test('has its policy before there is a budget', () => {
    const [policy] = Object.keys(template.findResources('AWS::SNS::TopicPolicy'));
    const [budget] = Object.values(template.findResources('AWS::Budgets::Budget'));
    expect(budget?.DependsOn).toContain(policy);
    expect(budget?.Properties.NotificationsWithSubscribers[0].Subscribers[0].Address).toEqual({
      Ref: expect.stringContaining('OnCall'),
    });
  });
});
