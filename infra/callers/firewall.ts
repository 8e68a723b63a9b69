import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Context } from '../context/context.ts';

type RuleGroup = Context['wafManagedRules'][number];
type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;
type Statement = CfnWebACL.StatementProperty;

/**
 * The rules of each group that look into bodies: `SizeRestrictions_BODY` and so on. Each leaves the
 * label `awswaf:managed:aws:core-rule-set:SizeRestrictions_Body`.
 */
const bodyRules: Readonly<Record<RuleGroup, { labels: string; rules: readonly string[] }>> = {
  AWSManagedRulesCommonRuleSet: {
    labels: 'awswaf:managed:aws:core-rule-set',
    rules: [
      'SizeRestrictions',
      'EC2MetaDataSSRF',
      'GenericLFI',
      'GenericRFI',
      'CrossSiteScripting',
    ],
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    labels: 'awswaf:managed:aws:known-bad-inputs',
    rules: ['JavaDeserializationRCE', 'Log4JRCE', 'ReactJSRCE'],
  },
  AWSManagedRulesAmazonIpReputationList: { labels: 'awswaf:managed:aws:amazon-ip-list', rules: [] },
};

/** A web ACL in front of the stage, where the context asks for a rate or for rules of AWS's. */
export function protectByFirewall(restApi: RestApi, context: Context): void {
  const rules = [
    ...ratePerAddress(context),
    ...context.wafManagedRules.map(managedRules),
    ...suspectBodies(context),
  ];
  if (rules.length === 0) return;
  const acl = new CfnWebACL(restApi, 'WebAcl', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    // The dimension `WebACL` of the metrics, by which they are told from those of other APIs.
    visibilityConfig: observed(restApi.restApiName),
    rules: rules.map((rule, priority) => ({ ...rule, priority })),
  });
  new CfnWebACLAssociation(restApi, 'WebAclAssociation', {
    webAclArn: acl.attrArn,
    resourceArn: restApi.deploymentStage.stageArn,
  });
}

/** Blocks an IP address for as long as it sends more requests than the context allows. */
function ratePerAddress({ wafRequestsPer5Minutes: limit }: Context): Rule[] {
  if (limit === null) return [];
  return [
    {
      name: 'RatePerAddress',
      action: { block: {} },
      statement: {
        rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit },
      },
      visibilityConfig: observed('ScriptEngineRatePerAddress'),
    },
  ];
}

/** A group of AWS's, whose rules on bodies count and leave their labels. */
function managedRules(name: RuleGroup): Rule {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: bodyRules[name].rules.map((rule) => ({
          name: `${rule}_BODY`,
          actionToUse: { count: {} },
        })),
      },
    },
    visibilityConfig: observed(`ScriptEngine${name}`),
  };
}

/** Blocks what those rules have labelled, but for requests whose body is to have code in it. */
function suspectBodies({ wafManagedRules, mcp }: Context): Rule[] {
  const labels = wafManagedRules.flatMap((name) =>
    bodyRules[name].rules.map((rule) => `${bodyRules[name].labels}:${rule}_Body`),
  );
  if (labels.length === 0) return [];
  const isLabelled = anyOf(labels.map((key) => ({ labelMatchStatement: { scope: 'LABEL', key } })));
  const hasCode = allOf([
    textIs({ method: {} }, 'EXACTLY', 'POST'),
    // Without a custom domain the stage's name is in front of it.
    anyOf(
      ['/execute', ...(mcp ? ['/mcp'] : [])].map((p) => textIs({ uriPath: {} }, 'ENDS_WITH', p)),
    ),
  ]);
  return [
    {
      name: 'SuspectBodies',
      action: { block: {} },
      statement: allOf([isLabelled, { notStatement: { statement: hasCode } }]),
      visibilityConfig: observed('ScriptEngineSuspectBodies'),
    },
  ];
}

function textIs(
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  positionalConstraint: 'EXACTLY' | 'ENDS_WITH',
  searchString: string,
): Statement {
  const textTransformations = [{ priority: 0, type: 'NONE' }];
  return {
    byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations },
  };
}

function allOf(statements: Statement[]): Statement {
  return { andStatement: { statements } };
}

/** AWS wants two statements at least in an `OrStatement`. */
function anyOf(statements: Statement[]): Statement {
  const [only, ...others] = statements;
  return only !== undefined && others.length === 0 ? only : { orStatement: { statements } };
}

function observed(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
