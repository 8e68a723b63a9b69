import { App, Validations } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { readContext } from './context.ts';
import { ScriptEngineStack } from './stack.ts';

// A new app has no old behaviour of CDK to keep.
const app = new App({ context: { ...CURRENTLY_RECOMMENDED_FLAGS } });
new ScriptEngineStack(app, 'ScriptEngine', readContext(app.node));

// Every synthesis is checked, so that no combination of options deploys what the rules forbid.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
