import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const project = join(import.meta.dirname, '../..');
const output = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(output, { recursive: true }));

/** `npm run synth` without its build, where nothing of an AWS account is to be found. */
function synth(...args: readonly string[]): string {
  const cdk = join(project, 'node_modules/aws-cdk/bin/cdk');
  return execFileSync(
    process.execPath,
    [cdk, 'synth', '--quiet', '--build', 'true', '--output', output, ...args],
    {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: output, AWS_EC2_METADATA_DISABLED: 'true' },
    },
  );
}

describe('npm run synth', () => {
  test('needs no account, takes settings, leaves a template and an asset that sam finds', () => {
    synth('-c', 'reservedConcurrency=7');
    const template = JSON.parse(readFileSync(join(output, 'ScriptEngine.template.json'), 'utf8'));
    const { Metadata, Properties } = template.Resources.ExecuteFunction;
    expect(existsSync(join(output, Metadata['aws:asset:path'], 'handler.mjs'))).toBe(true);
    expect(Properties.ReservedConcurrentExecutions).toBe(7);
  });

  test('refuses a setting that does not exist in words, without a piece of the program', () => {
    let output = '';
    try {
      synth('-c', 'reservedConcurency=7');
    } catch (error) {
      output = String((error as { stderr: string }).stderr);
    }
    expect(output).toContain(
      'reservedConcurency: is no setting; did you mean reservedConcurrency?',
    );
    expect(output).not.toMatch(/^ +at |throw|context\.ts/m);
  });
});
