import { describe, expect, test } from '@jest/globals';
import { EgressFailure } from '../../lambda/egress/policy/failure.ts';
import { Lifetime } from '../../lambda/egress/policy/lifetime.ts';
import { RunScope } from '../../lambda/egress/scope.ts';
import { Turnstile } from '../../lambda/egress/turnstile.ts';

function lifetime(): Lifetime {
  return new Lifetime('The request', 'timeoutMs', 60_000, null);
}

/** Work that lasts until its lifetime ends. */
function lasting(time: Lifetime): () => Promise<never> {
  return () => new Promise((_resolve, reject) => time.onEnd(reject));
}

const runIsOver = { kind: 'aborted', message: 'The run is over.' };

describe('the scope of a run', () => {
  test('gives the result of its work, and gives the place back', async () => {
    const scope = new RunScope();
    const turnstile = new Turnstile(1);
    expect(await scope.during(lifetime(), turnstile, async () => 1)).toBe(1);
    expect(await scope.during(lifetime(), turnstile, async () => 2)).toBe(2);
  });

  test('gives the place back after work that fails', async () => {
    const scope = new RunScope();
    const turnstile = new Turnstile(1);
    const failing = scope.during(lifetime(), turnstile, async () => {
      throw new EgressFailure('network', 'no');
    });
    await expect(failing).rejects.toMatchObject({ kind: 'network' });
    expect(await scope.during(lifetime(), turnstile, async () => 2)).toBe(2);
  });

  test('ends all that is under way, and all that waits in line', async () => {
    const scope = new RunScope();
    const turnstile = new Turnstile(1);
    const [first, second] = [lifetime(), lifetime()];
    let began = false;
    const endings = Promise.allSettled([
      scope.during(first, turnstile, lasting(first)),
      scope.during(second, turnstile, async () => {
        began = true;
      }),
    ]);
    await Promise.resolve();
    scope.close();
    expect(await endings).toMatchObject([{ reason: runIsOver }, { reason: runIsOver }]);
    expect(began).toBe(false);
  });

  test('begins nothing once it is closed', async () => {
    const scope = new RunScope();
    scope.close();
    let began = false;
    const late = scope.during(lifetime(), new Turnstile(1), async () => {
      began = true;
    });
    await expect(late).rejects.toMatchObject(runIsOver);
    expect(began).toBe(false);
  });
});
