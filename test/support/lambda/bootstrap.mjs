/**
 * What Lambda's own runtime for Node.js does: loads the handler that `_HANDLER` names, then takes
 * one invocation after the other from the Runtime API.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const streamed = Symbol('streamed');
const integrationResponse = 'application/vnd.awslambda.http-integration-response';

/** What the runtime gives to functions as a global. */
globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [streamed]: true }),
  HttpResponseStream: {
    /** Status and headers as JSON, and eight NUL bytes, come before the first byte of the body. */
    from(stream, prelude) {
      stream.setHeader('content-type', integrationResponse);
      const write = stream.write.bind(stream);
      stream.write = (...args) => {
        stream.write = write;
        write(JSON.stringify(prelude));
        write(new Uint8Array(8));
        return write(...args);
      };
      return stream;
    },
  },
};

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const options = { host, port, agent, method, path: `/2018-06-01/runtime${path}` };
    const outgoing = request(options, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ headers: response.headers, text });
    });
    outgoing.on('error', reject).end(body);
  });
}

/** A response that is sent while the function writes it; an error of the function is in its trailers. */
async function respondStreaming(path, invoke) {
  const { promise: answered, resolve } = Promise.withResolvers();
  const headers = {
    'content-type': 'application/octet-stream',
    'lambda-runtime-function-response-mode': 'streaming',
    trailer: 'lambda-runtime-function-error-type, lambda-runtime-function-error-body',
    'transfer-encoding': 'chunked',
  };
  const options = { host, port, method: 'POST', path: `/2018-06-01/runtime${path}`, headers };
  const outgoing = request(options, (response) => response.resume().on('end', resolve));
  // A connection that breaks ends this invocation, and no more.
  outgoing.on('error', resolve);
  try {
    await invoke(outgoing);
    if (!outgoing.writableEnded) throw new Error('The stream has not been ended');
  } catch (error) {
    outgoing.addTrailers({
      'lambda-runtime-function-error-type': error?.name ?? 'Error',
      'lambda-runtime-function-error-body': Buffer.from(report(error)).toString('base64'),
    });
    outgoing.end();
  }
  await answered;
}

function report(error) {
  const { name = 'Error', message = String(error), stack = '' } = error ?? {};
  return JSON.stringify({ errorType: name, errorMessage: message, trace: stack.split('\n') });
}

async function loadHandler() {
  const [file, name] = process.env._HANDLER.split('.');
  const module = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)));
  if (typeof module[name] !== 'function') throw new TypeError(`${file} exports no ${name}`);
  return module[name];
}

function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

const handler = await loadHandler().catch(async (error) => {
  await call('POST', '/init/error', report(error));
  process.exit(1);
});

for (;;) {
  const { headers, text } = await call('GET', '/invocation/next');
  const path = `/invocation/${headers['lambda-runtime-aws-request-id']}`;
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  if (handler[streamed]) {
    const invoke = (stream) => handler(JSON.parse(text), stream, contextOf(headers));
    await respondStreaming(`${path}/response`, invoke);
    continue;
  }
  try {
    const response = await handler(JSON.parse(text), contextOf(headers));
    await call('POST', `${path}/response`, JSON.stringify(response ?? null));
  } catch (error) {
    await call('POST', `${path}/error`, report(error));
  }
}
