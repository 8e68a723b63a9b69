/** What CDK deploys is what is tested: the synthesized code and environment variables. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../synthesis.ts';

/** What CDK would deploy: the folder of the function's code, what it calls, and its environment variables. */
export interface Artefact {
  readonly code: string;
  /** `stream.handler`, say. */
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** @param context options of the stack, besides those of `cdk.json` */
export function synthesizeArtefact(context: Readonly<Record<string, unknown>> = {}): Artefact {
  const { app } = synthesize({ 'aws:cdk:enable-asset-metadata': true, ...context });
  const { directory } = app.synth();
  const template = JSON.parse(readFileSync(join(directory, 'ScriptEngine.template.json'), 'utf8'));
  const { Metadata, Properties } = template.Resources.ExecuteFunction;
  const variables = Object.entries<unknown>(Properties.Environment.Variables).map(
    // The name of the script log group is known to CloudFormation only.
    ([name, value]) => [name, typeof value === 'string' ? value : 'script-log'],
  );
  return {
    code: join(directory, Metadata['aws:asset:path']),
    handler: Properties.Handler,
    variables: Object.fromEntries(variables),
  };
}
