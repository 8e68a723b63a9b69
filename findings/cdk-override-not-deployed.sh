#!/bin/sh
# A change of a REST API that is made by an override, CDK's way to set what a construct has no prop for.
#
# Guess: what is in the template is in force after `cdk deploy`.
# Seen: a stage serves a deployment, which is a snapshot, and CDK makes a new one where its hash of the
#   methods changes. That hash is made of props: addPropertyOverride, or a property set on the
#   CfnMethod, changes the method in the template and not the deployment's id. CloudFormation reports
#   success, and the stage goes on as before, with authorization NONE, say. A prop makes a new deployment.
#   latestDeployment.addToLogicalId(…) helps.
# Version: aws-cdk-lib 2.276.0. Shown on the template; that a stage serves snapshots is API Gateway's rule.
# Source: https://github.com/aws/aws-cdk/issues/9086;
#   https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' > package.json
packages='node@24.21.0 aws-cdk-lib@2.276.0 constructs@10.8.1'
npm install --silent --no-audit --no-fund --allow-scripts=node $packages > /dev/null 2>&1 ||
  npm install --silent --no-audit --no-fund $packages > /dev/null
echo "$packages"
cat > show.mjs <<'JS'
import assert from 'node:assert';
import { App, aws_apigateway as apigateway, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** @returns the id of the deployment, and how the method in the template is authorized */
function synthesize(options, change = () => {}) {
  const stack = new Stack(new App(), 'Stack');
  const api = new apigateway.RestApi(stack, 'Api', { cloudWatchRole: false });
  const method = api.root.addMethod('POST', new apigateway.MockIntegration(), options);
  change(method.node.defaultChild, api);
  const template = Template.fromStack(stack);
  const [deployment] = Object.keys(template.findResources('AWS::ApiGateway::Deployment'));
  const [{ Properties }] = Object.values(template.findResources('AWS::ApiGateway::Method'));
  return { deployment, authorization: Properties.AuthorizationType };
}
const { IAM } = apigateway.AuthorizationType;
const seen = {
  before: synthesize({}),
  'by a prop': synthesize({ authorizationType: IAM }),
  'by addPropertyOverride': synthesize({}, (resource) => {
    resource.addPropertyOverride('AuthorizationType', 'AWS_IAM');
  }),
  'by the CfnMethod': synthesize({}, (resource) => {
    resource.authorizationType = 'AWS_IAM';
  }),
  'by override and addToLogicalId': synthesize({}, (resource, api) => {
    resource.addPropertyOverride('AuthorizationType', 'AWS_IAM');
    api.latestDeployment.addToLogicalId({ authorization: 'AWS_IAM' });
  }),
};
for (const [how, { authorization, deployment }] of Object.entries(seen)) {
  console.log(`${how.padEnd(32)} ${authorization.padEnd(8)} ${deployment}`);
}
const { before, ...changes } = seen;
const isNew = Object.values(changes).map(({ deployment }) => deployment !== before.deployment);
assert.equal(before.authorization, 'NONE');
for (const { authorization } of Object.values(changes)) assert.equal(authorization, 'AWS_IAM');
assert.deepEqual(isNew, [true, false, false, true], 'changed: which changes make a deployment');
JS
node_modules/.bin/node show.mjs
echo 'as seen'
