import { App, Validations } from 'aws-cdk-lib';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { type Context, ContextError, readContext } from './context.ts';
import { ScriptEngineStack } from './stack.ts';

// A new app has no old behaviour of CDK to keep.
const app = new App({ context: { ...CURRENTLY_RECOMMENDED_FLAGS } });
new ScriptEngineStack(app, 'ScriptEngine', contextOf(app));

// Every synthesis is checked, so that no combination of options deploys what the rules forbid.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

/** A mistake of the operator is explained in words, without a piece of this program. */
function contextOf({ node }: App): Context {
  try {
    return readContext(node);
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
