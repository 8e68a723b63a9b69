/** The construct in stacks of others, from the sources and as the package has it. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { contextKeys } from '../../infra/context/context.ts';
import type { ScriptEngineProps } from '../../infra/context/props.ts';
import { ScriptEngine } from '../../infra/script-engine.ts';
import { schemaFaults } from '../support/resource-schemas.ts';
import { synthesize } from '../support/synthesis.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'construct-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Json = Parameters<typeof schemaFaults>[0];
const flags = { ...CURRENTLY_RECOMMENDED_FLAGS, 'aws:cdk:disable-asset-staging': true };

/** An app that has nothing of this project but the construct. */
function appWith(...engines: readonly (readonly [id: string, props?: ScriptEngineProps])[]) {
  const stack = new Stack(new App({ context: flags }), 'ScriptEngine');
  for (const [id, props] of engines) new ScriptEngine(stack, id, props);
  return Template.fromStack(stack);
}

/** A template's resources, whatever the function is named in it. */
function resourcesOf(template: Template): unknown {
  const { Resources } = template.toJSON();
  const text = JSON.stringify(Resources, (key, value: unknown) =>
    key === 'Metadata' ? undefined : value,
  );
  // Versions and deployments have a hash of what they are of in their ids, names included.
  return JSON.parse(
    text
      .replaceAll(/EngineFunction[0-9A-F]{8}/g, 'ExecuteFunction')
      .replaceAll(/(EngineFunctionCurrentVersion|ApiRestApiDeployment)\w+/g, '$1'),
  );
}

describe('the construct', () => {
  test('makes what the stack has, with the defaults of cdk.json and with options', () => {
    for (const [props, context] of [
      [{}, {}],
      [
        { apiKeys: ['alice'], reservedConcurrency: 7, engineFetchAllowedHosts: [] },
        { apiKeys: 'alice', reservedConcurrency: '7', engineFetchAllowedHosts: '' },
      ],
    ] as const) {
      const stack = synthesize({ 'aws:cdk:disable-asset-staging': true, ...context }).template;
      expect(resourcesOf(appWith(['Default', props]))).toEqual(resourcesOf(stack));
    }
  });

  test('is there twice in one stack, under names of their own', () => {
    const template = appWith(['Rules'], ['Reports', { publicApi: true, stageName: 'reports' }]);
    expect(schemaFaults(template.toJSON() as Json)).toEqual([]);
    const apis = Object.values(template.findResources('AWS::ApiGateway::RestApi'));
    const names = apis.map(({ Properties }) => Properties.Name);
    expect(names).toEqual([
      expect.stringMatching(/^ScriptEngine-Rules-/),
      expect.stringMatching(/^ScriptEngine-Reports-/),
    ]);
  });

  test('takes what other constructs know of themselves at the deployment only', () => {
    const stack = new Stack(new App({ context: flags }), 'Shop');
    const alarmTopicArn = new Topic(stack, 'OnCall').topicArn;
    new ScriptEngine(stack, 'Rules', { alarmTopicArn });
    const [alarm] = Object.values(
      Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'),
    );
    expect(alarm?.Properties.AlarmActions).toEqual([{ Ref: expect.stringContaining('OnCall') }]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a prop that there is not',
      { apiKey: 'alice' },
      'apiKey: is no setting; did you mean apiKeys?',
    ],
    ['a value out of range', { functionMemoryMb: 128 }, 'functionMemoryMb: '],
    ['a contradiction', { publicApi: true, apiKeys: ['a'] }, 'publicApi: contradicts apiKeys'],
  ])('refuses %s as the context does', (_, props, message) => {
    expect(() => appWith(['Rules', props])).toThrow(message);
  });

  test('has a prop for each key of the context, and takes undefined for the default', () => {
    const source = readFileSync(join(root, 'infra/context/props.ts'), 'utf8');
    const props = [...source.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
    expect(props.sort()).toEqual([...contextKeys].sort());
    const unset = Object.fromEntries(props.map((name) => [name, undefined]));
    expect(resourcesOf(appWith(['Default', unset]))).toEqual(resourcesOf(appWith(['Default'])));
  });
});

describe('script-engine/cdk', () => {
  test('is what the example app imports, finds the bundle and deploys what the sources do', () => {
    const output = join(folder, 'cdk.out');
    execFileSync(process.execPath, [join(root, 'examples/cdk/app.ts')], {
      env: { PATH: process.env.PATH, CDK_OUTDIR: output },
    });
    const template = JSON.parse(readFileSync(join(output, 'Shop.template.json'), 'utf8'));
    expect(schemaFaults(template)).toEqual([]);
    const assets = readdirSync(output).filter((name) => name.startsWith('asset.'));
    expect(assets.some((name) => existsSync(join(output, name, 'stream.mjs')))).toBe(true);

    const stack = new Stack(new App({ context: flags }), 'Shop');
    const onCall = new Topic(stack, 'OnCall', { enforceSSL: true });
    new ScriptEngine(stack, 'Rules', {
      apiKeys: ['checkout'],
      engineCodeAllowedHosts: ['rules.example.com'],
      engineFetchAllowedHosts: [],
      reservedConcurrency: 20,
      alarmTopicArn: onCall.topicArn,
    });
    const types = (resources: object) =>
      Object.values<{ Type: string }>({ ...resources }).map(({ Type }) => Type);
    expect(types(template.Resources).sort()).toEqual(
      types(Template.fromStack(stack).toJSON().Resources).sort(),
    );
  });

  test('has types that know every prop and no other', () => {
    const file = join(root, 'lib/cdk', `typed-${process.pid}.mts`);
    writeFileSync(
      file,
      `import { Stack } from 'aws-cdk-lib';
       import { ScriptEngine } from 'script-engine/cdk';
       const engine = new ScriptEngine(new Stack(), 'A', { apiKeys: ['alice'], alarmTopicArn: null });
       export const url: string = engine.url;
       // @ts-expect-error: there is no such prop
       new ScriptEngine(new Stack(), 'B', { apiKey: 'alice' });
       // @ts-expect-error: a text is no number
       new ScriptEngine(new Stack(), 'C', { engineTimeoutMs: '5s' });`,
    );
    try {
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const options =
        '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --types node';
      execFileSync(process.execPath, [tsc, ...options.split(' '), file], { encoding: 'utf8' });
    } finally {
      rmSync(file);
    }
  });
});
