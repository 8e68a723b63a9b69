import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { allLanguages } from '../lambda/contract/languages.ts';
import { requireKeys } from './access.ts';
import { EngineAlarms } from './alarms.ts';
import { EngineApi } from './api.ts';
import { type Context, keyOutputName } from './context.ts';
import { exampleCurl } from './curl.ts';
import { EngineDashboard } from './dashboard.ts';
import { shiftTraffic } from './deployment.ts';
import { serveUnderDomain } from './domain.ts';
import { limitRatePerAddress } from './firewall.ts';
import { EngineFunction } from './function.ts';

/** The whole service: one function behind one REST API, what watches them, and the options. */
export class ScriptEngineStack extends Stack {
  constructor(scope: Construct, id: string, context: Context) {
    const languageNames = new Intl.ListFormat('en').format(allLanguages.map(({ label }) => label));
    super(scope, id, {
      description: `Runs ${languageNames} from a URL in a sandbox`,
    });

    const { handler, live, logGroup, scriptLogGroup } = new EngineFunction(this, 'Engine', context);
    const { restApi, accessLog } = new EngineApi(this, 'Api', {
      context,
      // CDK's classes fit its interfaces but for `exactOptionalPropertyTypes`.
      handler: live as IFunction,
    });
    const { streaming } = context;
    const dashboard = new EngineDashboard(this, 'Dashboard', {
      streaming,
      restApi,
      handler,
      logGroup,
    });
    const alarms = new EngineAlarms(this, 'Alarms', { context, restApi, handler });
    shiftTraffic(this, { context, live, alarms });

    const url = context.domainName === null ? restApi.url : `https://${context.domainName}/`;
    const domain = serveUnderDomain(restApi, context);
    limitRatePerAddress(restApi, context);
    const keys = requireKeys(restApi, context);
    const keyId = keys.values().next().value?.keyId;

    const outputs = {
      Url: url,
      ExecuteCurl: exampleCurl(context, { url, region: this.region, keyId }),
      DashboardUrl: dashboard.url,
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
