import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { allLanguages } from '../lambda/contract/languages.ts';
import { keyOutputName } from './context/contradictions.ts';
import { ScriptEngine, type ScriptEngineProps } from './script-engine.ts';

/** A stack that has a script engine and nothing else, with outputs for people. */
export class ScriptEngineStack extends Stack {
  constructor(scope: Construct, id: string, props: ScriptEngineProps) {
    const languageNames = new Intl.ListFormat('en').format(allLanguages.map(({ label }) => label));
    super(scope, id, {
      description: `Runs ${languageNames} from a URL in a sandbox`,
    });

    // An id that is no part of logical ids: those of what is inside begin at the stack.
    const engine = new ScriptEngine(this, 'Default', props);
    const { handler, logGroup, scriptLogGroup, accessLog, domain, keys } = engine;
    const resource = handler.node.defaultChild;
    if (!(resource instanceof CfnFunction))
      throw new Error('CDK made something else of a function');
    // `sam local invoke` finds the function by its logical id, which must not carry a hash.
    resource.overrideLogicalId('ExecuteFunction');

    const outputs = {
      Url: engine.url,
      ExecuteCurl: engine.exampleCurl,
      DashboardUrl: engine.dashboardUrl,
      FunctionName: handler.functionName,
      FunctionLogGroup: logGroup.logGroupName,
      ...(scriptLogGroup && { ScriptLogGroup: scriptLogGroup.logGroupName }),
      AccessLogGroup: accessLog.logGroupName,
      ...(domain && { DomainTarget: domain.domainNameAliasDomainName }),
      ...Object.fromEntries([...keys].map(([name, key]) => [keyOutputName(name), key.keyId])),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
