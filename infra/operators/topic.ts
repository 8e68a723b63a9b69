import { Aws, Reference, Tokenization } from 'aws-cdk-lib';
import { type Grant, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Context } from '../context/context.ts';

/** Where operators are told of alarms, and of what it costs. */
export class OperatorTopic {
  readonly topic: ITopic;
  /** The topic, where the app of this construct has made it. */
  readonly #own: Topic | undefined;

  constructor(scope: Construct, arn: string) {
    this.#own = madeHere(arn);
    this.topic = this.#own ?? Topic.fromTopicArn(scope, 'Topic', arn);
  }

  /**
   * Lets a service of AWS publish for this account. A topic of another app has a policy of its own,
   * which is its operator's.
   * @param service such as `cloudwatch.amazonaws.com`
   */
  letPublish(service: string): Grant | undefined {
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    return this.#own?.grantPublish(new ServicePrincipal(service, { conditions }));
  }
}

/** @returns `undefined` where the context names no topic */
export function operatorTopic(
  scope: Construct,
  { alarmTopicArn }: Context,
): OperatorTopic | undefined {
  return alarmTopicArn === null ? undefined : new OperatorTopic(scope, alarmTopicArn);
}

/** The topic of whose ARN this text is the token. */
function madeHere(arn: string): Topic | undefined {
  const token = Tokenization.reverseString(arn).firstToken;
  const topic = Reference.isReference(token) ? token.target.node.scope : undefined;
  return topic instanceof Topic ? topic : undefined;
}
