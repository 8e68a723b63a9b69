import { App, Validations } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ContextError, readContext } from './context/context.ts';
import { ScriptEngineStack } from './stack.ts';

// A new app has no old behaviour of CDK to keep.
const app = new App({ context: { ...CURRENTLY_RECOMMENDED_FLAGS } });
try {
  new ScriptEngineStack(app, 'ScriptEngine', readContext(app.node));
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  // A mistake of the operator is explained in words, without a piece of this program.
  console.error(error.message);
  process.exit(1);
}

// Every synthesis is checked, so that no combination of options deploys what the rules forbid.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
