import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger, logsInfo } from '../../lambda/telemetry/invocation-log.ts';
import { synthesize } from '../support/synthesis.ts';

const { AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL } = process.env;
afterEach(() => {
  Object.assign(process.env, { AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL });
  if (AWS_LAMBDA_LOG_LEVEL === undefined) delete process.env.AWS_LAMBDA_LOG_LEVEL;
  if (POWERTOOLS_LOG_LEVEL === undefined) delete process.env.POWERTOOLS_LOG_LEVEL;
});

/** From what Lambda lets pass, by the name that it has for the level. */
const levels = [
  ['TRACE', 'TRACE', true],
  ['DEBUG', 'DEBUG', true],
  ['INFO', 'INFO', true],
  ['WARN', 'INFO', false],
  ['ERROR', 'INFO', false],
  ['CRITICAL', 'INFO', false],
  ['SILENT', 'INFO', false],
] as const;

describe.each(levels)('logLevel %s on Lambda', (level, platformLevel, showsInfo) => {
  test('lets pass what the engine logs, and metrics, which are INFO', () => {
    const { template } = synthesize({ 'aws:cdk:disable-asset-staging': true, logLevel: level });
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: platformLevel },
    });
  });

  test('is the level of the logger, whatever level Lambda names', () => {
    process.env.AWS_LAMBDA_LOG_LEVEL = platformLevel;
    process.env.POWERTOOLS_LOG_LEVEL = level;
    const logger = createLogger(process.env);
    expect(logger.getLevelName()).toBe(level);
    expect(logsInfo(logger)).toBe(showsInfo);
  });
});
