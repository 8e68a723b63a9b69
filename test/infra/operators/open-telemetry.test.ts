/** The option `openTelemetryLayerArn`: what it adds to the stack, and which layers it refuses. */

import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { ScriptEngine } from '../../../infra/script-engine.ts';
import { options, synthesize } from '../../support/synthesis.ts';

const arn = options.OpenTelemetry.openTelemetryLayerArn;
const rights = (template: Template) =>
  Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    ),
  );

describe('the layer of OpenTelemetry', () => {
  test('starts before the runtime, traces invocations only, and needs no more rights than X-Ray', () => {
    const { template } = synthesize(options.OpenTelemetry);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Layers: [arn],
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: Match.objectLike({
          AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
          OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'aws-lambda',
          OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici,aws-sdk',
          OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
        }),
      },
    });
    const plain = synthesize({}).template;
    expect(rights(template)).toEqual(rights(plain));
    expect(
      rights(template)
        .filter((action) => action.startsWith('xray:'))
        .sort(),
    ).toEqual(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
    plain.hasResourceProperties('AWS::Lambda::Function', { Layers: Match.absent() });
    expect(JSON.stringify(plain.toJSON())).not.toMatch(/OTEL_|EXEC_WRAPPER/);
  });

  test('of another region stops a deployment whose region is known there only', () => {
    const [rule] = Object.values(synthesize(options.OpenTelemetry).template.toJSON().Rules ?? {});
    expect(rule).toEqual({
      Assertions: [
        {
          Assert: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
          AssertDescription: expect.stringContaining('openTelemetryLayerArn: is a layer of'),
        },
      ],
    });
  });

  test.each([
    ['eu-central-1', null],
    [
      'us-east-1',
      'openTelemetryLayerArn: is a layer of eu-central-1, and the stack is in us-east-1',
    ],
  ])('in a stack of %s: %p', (region, refusal) => {
    const make = () => {
      const app = new App({ context: CURRENTLY_RECOMMENDED_FLAGS });
      const stack = new Stack(app, 'Shop', { env: { region, account: '111122223333' } });
      new ScriptEngine(stack, 'Rules', { openTelemetryLayerArn: arn });
      return Template.fromStack(stack).toJSON().Rules;
    };
    if (refusal === null) expect(JSON.stringify(make() ?? {})).not.toContain('openTelemetry');
    else expect(make).toThrow(refusal);
  });

  test.each([
    'AWSOpenTelemetryDistroJs',
    arn.replace(/:10$/, ''),
    arn.replace('Js', 'Python'),
    // It has no such start script: the function would not start.
    'arn:aws:lambda:eu-central-1:901920570463:layer:aws-otel-nodejs-arm64-ver-1-30-2:1',
  ])('is not %s', (openTelemetryLayerArn) => {
    expect(() => synthesize({ openTelemetryLayerArn })).toThrow(
      'openTelemetryLayerArn: is not the ARN of a version of the layer AWSOpenTelemetryDistroJs',
    );
  });
});
