import { Duration } from 'aws-cdk-lib';
import {
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  type MethodOptions,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Context } from '../context/context.ts';

/** How each method finds out who calls: signatures, tokens of user pools, a function, or not at all. */
export function authorization(scope: Construct, context: Context): MethodOptions {
  const { iamAuthorization, userPoolArns, authorizerFunctionArn } = context;
  if (iamAuthorization) return { authorizationType: AuthorizationType.IAM };
  if (userPoolArns.length > 0) {
    const cognitoUserPools = userPoolArns.map((arn, index) =>
      UserPool.fromUserPoolArn(scope, `UserPool${index}`, arn),
    );
    return {
      authorizationType: AuthorizationType.COGNITO,
      authorizer: new CognitoUserPoolsAuthorizer(scope, 'UserPools', { cognitoUserPools }),
    };
  }
  if (authorizerFunctionArn === null) return { authorizationType: AuthorizationType.NONE };
  const handler = LambdaFunction.fromFunctionAttributes(scope, 'AuthorizerFunction', {
    functionArn: authorizerFunctionArn,
    sameEnvironment: true,
  });
  return {
    authorizationType: AuthorizationType.CUSTOM,
    // What it answers is kept for no other request: its policy may name one method only.
    authorizer: new TokenAuthorizer(scope, 'Authorizer', {
      handler,
      resultsCacheTtl: Duration.seconds(0),
    }),
  };
}
