/** The web ACL: what its rules let pass, what they cost of its capacity, and what AWS calls them. */

import { describe, expect, test } from '@jest/globals';
import { schemaFaults } from '../support/resource-schemas.ts';
import { options, synthesize } from '../support/synthesis.ts';

/**
 * Groups of rules as AWS documents them ("Baseline rule groups", "IP reputation rule groups"): their
 * capacity, and their rules that look into bodies with the label of each.
 */
const groups: Readonly<
  Record<string, { readonly wcu: number; readonly bodyRules: Readonly<Record<string, string>> }>
> = {
  AWSManagedRulesAmazonIpReputationList: { wcu: 25, bodyRules: {} },
  AWSManagedRulesKnownBadInputsRuleSet: {
    wcu: 200,
    bodyRules: {
      JavaDeserializationRCE_BODY:
        'awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Body',
      Log4JRCE_BODY: 'awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body',
      ReactJSRCE_BODY: 'awswaf:managed:aws:known-bad-inputs:ReactJSRCE_Body',
    },
  },
  AWSManagedRulesCommonRuleSet: {
    wcu: 700,
    bodyRules: {
      SizeRestrictions_BODY: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body',
      EC2MetaDataSSRF_BODY: 'awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body',
      GenericLFI_BODY: 'awswaf:managed:aws:core-rule-set:GenericLFI_Body',
      GenericRFI_BODY: 'awswaf:managed:aws:core-rule-set:GenericRFI_Body',
      CrossSiteScripting_BODY: 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body',
    },
  },
};
const allLabels = Object.values(groups).flatMap(({ bodyRules }) => Object.values(bodyRules));
/** What the price of a web ACL includes. */
const MAX_WCU = 1500;

interface Statement {
  readonly AndStatement?: { readonly Statements: readonly Statement[] };
  readonly OrStatement?: { readonly Statements: readonly Statement[] };
  readonly NotStatement?: { readonly Statement: Statement };
  readonly LabelMatchStatement?: { readonly Scope: 'LABEL'; readonly Key: string };
  readonly ByteMatchStatement?: {
    readonly FieldToMatch: { readonly Method?: object; readonly UriPath?: object };
    readonly PositionalConstraint: 'EXACTLY' | 'ENDS_WITH';
    readonly SearchString: string;
    readonly TextTransformations: readonly { readonly Type: string }[];
  };
  readonly RateBasedStatement?: { readonly Limit: number };
  readonly ManagedRuleGroupStatement?: {
    readonly VendorName: string;
    readonly Name: string;
    readonly RuleActionOverrides?: readonly {
      readonly Name: string;
      readonly ActionToUse: { readonly Count?: object };
    }[];
  };
}

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: { readonly Block?: object };
  readonly OverrideAction?: { readonly None?: object };
  readonly Statement: Statement;
  readonly VisibilityConfig: { readonly MetricName: string };
}

function rulesOf(context: Readonly<Record<string, string>>): readonly Rule[] {
  const { template } = synthesize({ 'aws:cdk:disable-asset-staging': true, ...context });
  expect(schemaFaults(template.toJSON() as Parameters<typeof schemaFaults>[0])).toEqual([]);
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
  return acl?.Properties.Rules;
}

/** Capacity as AWS's pages on rule statements reckon it. */
function wcuOf(statement: Statement): number {
  const { AndStatement, OrStatement, NotStatement, ByteMatchStatement } = statement;
  const { ManagedRuleGroupStatement, RateBasedStatement } = statement;
  const nested = [
    ...(AndStatement?.Statements ?? []),
    ...(OrStatement?.Statements ?? []),
    ...(NotStatement === undefined ? [] : [NotStatement.Statement]),
  ];
  const transformed = ByteMatchStatement?.TextTransformations.filter(({ Type }) => Type !== 'NONE');
  return (
    nested.reduce((sum, inner) => sum + wcuOf(inner), 0) +
    (ByteMatchStatement === undefined ? 0 : 2 + 10 * (transformed?.length ?? 0)) +
    (statement.LabelMatchStatement === undefined ? 0 : 1) +
    (RateBasedStatement === undefined ? 0 : 2) +
    (ManagedRuleGroupStatement === undefined
      ? 0
      : (groups[ManagedRuleGroupStatement.Name]?.wcu ?? Number.NaN))
  );
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly labels: readonly string[];
}

function matches(statement: Statement, request: Request): boolean {
  const { AndStatement, OrStatement, NotStatement, LabelMatchStatement } = statement;
  if (AndStatement) return AndStatement.Statements.every((inner) => matches(inner, request));
  if (OrStatement) return OrStatement.Statements.some((inner) => matches(inner, request));
  if (NotStatement) return !matches(NotStatement.Statement, request);
  if (LabelMatchStatement) return request.labels.includes(LabelMatchStatement.Key);
  const match = statement.ByteMatchStatement;
  if (match === undefined) return false;
  const text = match.FieldToMatch.Method ? request.method : request.path;
  return match.PositionalConstraint === 'EXACTLY'
    ? text === match.SearchString
    : text.endsWith(match.SearchString);
}

const managed = options['AWS managed rules'];

describe('AWS managed rules', () => {
  const rules = rulesOf({ ...managed, ...options['WAF rate rule'] });
  const groupRules = rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement ?? []);

  test('stand behind the rate rule, in the order of the context, each priority once', () => {
    expect(rules.map(({ Name }) => Name)).toEqual([
      'RatePerAddress',
      ...Object.keys(groups),
      'SuspectBodies',
    ]);
    expect(rules.map(({ Priority }) => Priority)).toEqual(rules.map((_, index) => index));
    for (const rule of rules) {
      const isGroup = rule.Statement.ManagedRuleGroupStatement !== undefined;
      expect([rule.Action, rule.OverrideAction]).toEqual(
        isGroup ? [undefined, { None: {} }] : [{ Block: {} }, undefined],
      );
      expect(rule.VisibilityConfig.MetricName).toMatch(/^[\w-]{1,128}$/);
    }
  });

  test('count where AWS has rules on bodies, and block by all others', () => {
    expect(groupRules.map(({ Name }) => Name).sort()).toEqual(Object.keys(groups).sort());
    for (const { VendorName, Name, RuleActionOverrides = [] } of groupRules) {
      expect(VendorName).toBe('AWS');
      expect(RuleActionOverrides).toEqual(
        Object.keys(groups[Name]?.bodyRules ?? {}).map((rule) => ({
          Name: rule,
          ActionToUse: { Count: {} },
        })),
      );
    }
  });

  test('fit into the capacity that a web ACL has for its price', () => {
    const wcu = rules.reduce((sum, { Statement }) => sum + wcuOf(Statement), 0);
    expect(wcu).toBeLessThanOrEqual(MAX_WCU);
    expect(wcu).toBe(2 + 25 + 200 + 700 + 8 + 2 + 2);
  });

  test('may be there without a rate, and some without the others', () => {
    const names = (context: Readonly<Record<string, string>>) =>
      rulesOf(context).map(({ Name }) => Name);
    const ip = 'AWSManagedRulesAmazonIpReputationList';
    expect(names({ wafManagedRules: ip })).toEqual([ip]);
    const inputs = 'AWSManagedRulesKnownBadInputsRuleSet';
    expect(names({ wafManagedRules: inputs })).toEqual([inputs, 'SuspectBodies']);
  });
});

describe('a body that looks like an attack', () => {
  const blockOf = (context: Readonly<Record<string, string>>) =>
    rulesOf(context).find(({ Name }) => Name === 'SuspectBodies')?.Statement ?? {};
  const withoutMcp = blockOf(managed);
  const withMcp = blockOf({ ...managed, mcp: 'true' });

  test.each([
    ['POST', '/v1/execute', false, false],
    ['POST', '/execute', false, false],
    ['POST', '/v1/mcp', true, false],
    ['POST', '/mcp', true, false],
    ['GET', '/v1/execute', true, true],
    ['PUT', '/v1/execute', true, true],
    ['POST', '/v1/health', true, true],
    ['POST', '/v1/execute/', true, true],
    ['POST', '/v1/%65xecute', true, true],
    ['POST', '/v1/executes', true, true],
    ['GET', '/v1/openapi.json', true, true],
  ])(
    '%s %s: blocked %p, with the tools of agents %p',
    (method, path, isBlocked, isBlockedWithMcp) => {
      for (const label of allLabels) {
        const request = { method, path, labels: [label] };
        expect(matches(withoutMcp, request)).toBe(isBlocked);
        expect(matches(withMcp, request)).toBe(isBlockedWithMcp);
      }
    },
  );

  test('is what a label says: without one nothing is blocked here', () => {
    const other = 'awswaf:managed:aws:core-rule-set:NoUserAgent_Header';
    for (const labels of [[], [other]]) {
      expect(matches(withoutMcp, { method: 'GET', path: '/v1/health', labels })).toBe(false);
    }
  });
});
