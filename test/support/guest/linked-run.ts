/** A JavaScript run on the link that it has in the sandbox process, and a host that checks each message. */

import { encodeFrame } from '../../../lambda/contract/frame.ts';
import type { CallMessage, ReplyMessage } from '../../../lambda/contract/protocol.ts';
import { linkRun } from '../../../lambda/guest/run-host.ts';
import { parseSandboxMessage } from '../../../lambda/sandbox/message.ts';
import { type RunOptions, runMessage } from '../run-message.ts';
import { importedModule } from './imported-module.ts';
import { javascriptRuntime } from './javascript-runtime.ts';

export interface LinkedOutcome {
  /** `success`, or the code of the error. */
  readonly outcome: string;
  readonly resultJson: string | null;
  /** Messages for which the host would kill the process, and report it. */
  readonly rejected: readonly unknown[];
  /** Whether the process would be replaced after the run. */
  readonly retire: boolean;
}

const answered = {
  status: 200,
  statusText: 'OK',
  headers: [['content-type', 'application/json']] as const,
  url: 'https://example.com/',
  redirected: false,
};

/** Runs a module. Every fetch is answered with `{"answer":42}`, every import with a small module. */
export async function runLinked(code: string, options: RunOptions = {}): Promise<LinkedOutcome> {
  const runtime = await javascriptRuntime();
  await runtime.prepare();
  const run = runMessage('javascript', { url: 'https://example.com/code.mjs', ...options });
  const rejected: unknown[] = [];
  const linked = linkRun(run, (message) => {
    if (!isSound(message)) rejected.push(message);
    else if (message.type === 'call') {
      setImmediate(() => linked.receive(answerTo(message), bodyFor(message)));
    }
  });
  const { outcome, memoryPeakBytes, retire } = await runtime.execute(
    run,
    Buffer.from(code),
    linked.host,
  );
  linked.close();
  const failed = outcome.status === 'error';
  const done = {
    type: 'done',
    runId: run.runId,
    codeType: run.codeType,
    outcome: failed ? outcome : { status: outcome.status, exitCode: outcome.exitCode },
    executionTimeMs: 0,
    cpuTimeMs: 0,
    memoryPeakBytes,
    kept: [],
    retire,
  };
  if (!isSound(done)) rejected.push(done);
  return {
    outcome: failed ? outcome.error.code : 'success',
    resultJson: failed ? null : outcome.resultJson,
    rejected,
    retire,
  };
}

/** Whether the message arrives as one: as a frame, and by the host's own check. */
function isSound(message: object): boolean {
  return (
    encodeFrame(message).length > 0 &&
    parseSandboxMessage(JSON.parse(JSON.stringify(message))) !== null
  );
}

function answerTo(call: CallMessage): ReplyMessage {
  const { runId, callId, name } = call;
  if (name === 'fetch') {
    return { type: 'reply', runId, callId, reply: { ok: true, response: answered, rest: null } };
  }
  const url = urlOf(call);
  const contentType = url.endsWith('.json') ? 'application/json' : 'text/javascript';
  const answer = importedModule(url, contentType, bodyFor(call));
  return { type: 'reply', runId, callId, reply: answer };
}

function urlOf({ request }: CallMessage): string {
  return 'url' in request ? request.url : '';
}

function bodyFor(call: CallMessage): Uint8Array {
  const isData = call.name === 'fetch' || urlOf(call).endsWith('.json');
  return Buffer.from(isData ? '{"answer":42}' : 'export default 1');
}
