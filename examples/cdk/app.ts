/**
 * An app with a stack of its own, and a script engine in it:
 * `npx cdk synth --app 'node examples/cdk/app.ts'`, after `npm run build && npm run packages`.
 */

import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ScriptEngine } from 'script-engine/cdk';

const stack = new Stack(new App(), 'Shop');
const onCall = new Topic(stack, 'OnCall', { enforceSSL: true });
const rules = new ScriptEngine(stack, 'Rules', {
  apiKeys: ['checkout'],
  engineCodeAllowedHosts: ['rules.example.com'],
  engineFetchAllowedHosts: [],
  reservedConcurrency: 20,
  alarmTopicArn: onCall.topicArn,
});
new CfnOutput(stack, 'RulesUrl', { value: rules.url });
