#!/bin/sh
# Whether an alarm of CDK may publish to the SNS topic that it is given as its action.
#
# Guess: yes, as SnsAction binds the two; the EventBridge target of the same library lets
#   events.amazonaws.com publish to its topic.
# Seen: SnsAction grants nothing. While a topic has no policy, SNS's default one lets alarms of the
#   account publish. With enforceSSL, which security checks ask for, the topic gets a policy that has
#   one statement, a Deny, and that replaces the default: nothing allows the alarm to publish, and no
#   warning says so. CloudWatch then notes "is not authorized to perform: SNS:Publish" in the alarm's
#   history, and nobody is told.
# Version: aws-cdk-lib 2.276.0, constructs 10.8.1.
# Source: https://github.com/aws/aws-cdk/pull/29144 (enforceSSL);
#   https://github.com/aws-solutions/automated-security-response-on-aws/issues/43 (the error);
#   https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html (what alarms need).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts aws-cdk-lib@2.276.0 constructs@10.8.1 > /dev/null
cat > alarm.cjs <<'JS'
const { App, Stack } = require('aws-cdk-lib');
const { Annotations, Template } = require('aws-cdk-lib/assertions');
const { Alarm, Metric } = require('aws-cdk-lib/aws-cloudwatch');
const { SnsAction } = require('aws-cdk-lib/aws-cloudwatch-actions');
const { Rule, Schedule } = require('aws-cdk-lib/aws-events');
const { SnsTopic } = require('aws-cdk-lib/aws-events-targets');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { Duration } = require('aws-cdk-lib');

const publishers = {
  alarm: (stack, topic) =>
    new Alarm(stack, 'Alarm', {
      metric: new Metric({ namespace: 'Test', metricName: 'Errors' }),
      threshold: 1,
      evaluationPeriods: 1,
    }).addAlarmAction(new SnsAction(topic)),
  rule: (stack, topic) =>
    new Rule(stack, 'Rule', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new SnsTopic(topic)],
    }),
};
for (const enforceSSL of [false, true]) {
  for (const [name, publish] of Object.entries(publishers)) {
    const stack = new Stack(new App(), 'Test');
    publish(stack, new Topic(stack, 'Topic', { enforceSSL }));
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy'));
    const effects = policies.flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.map(({ Effect }) => Effect));
    const warnings = Annotations.fromStack(stack).findWarning('*', '.*').length;
    console.log(`${name} ${enforceSSL ? 'enforceSSL' : 'plain'}: policy [${effects.sort()}], ${warnings} warnings`);
  }
}
JS
seen=$(node alarm.cjs)
echo "aws-cdk-lib $(node -p "require('aws-cdk-lib/package.json').version"), node $(node --version)"
echo "$seen"
expected='alarm plain: policy [], 0 warnings
rule plain: policy [Allow], 0 warnings
alarm enforceSSL: policy [Deny], 0 warnings
rule enforceSSL: policy [Allow,Deny], 0 warnings'
[ "$seen" = "$expected" ] || { echo 'changed: what the policy has'; exit 1; }
echo 'as seen'
