/** Options of those who operate the stack. */

import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
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
