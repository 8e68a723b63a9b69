/** The resources `outgoing-request` and `request-options`. */

import { type HostFunction, type HostVariant, ResultError } from '../../host.ts';
import type { Wasi2Context } from '../binding/context.ts';
import { HeldResource, type Holdings } from '../binding/holdings.ts';
import { hostAction, hostFunction, type Parameter, wit } from '../binding/parameters.ts';
import { Fields, isName } from './fields.ts';
import { OutgoingMessage } from './outgoing-message.ts';
import { RequestBody } from './request-body.ts';

const { option, string, u64 } = wit;

export type HttpMethod = HostVariant & { readonly value?: string | undefined };

const method = wit.variant({
  get: null,
  head: null,
  post: null,
  put: null,
  delete: null,
  connect: null,
  options: null,
  trace: null,
  patch: null,
  other: string,
});

const scheme = wit.variant({ HTTP: null, HTTPS: null, other: string });
type Scheme = ReturnType<typeof scheme>;

export class OutgoingRequest extends OutgoingMessage<RequestBody> {
  readonly resource = 'wasi:http/types/outgoing-request';
  method: HttpMethod = { tag: 'get' };
  scheme: Scheme | undefined;
  authority: string | undefined;
  pathWithQuery: string | undefined;

  protected openContent(holdings: Holdings, contentLength: number | null): RequestBody {
    return new RequestBody(holdings, contentLength);
  }
}

/** Timeouts, in nanoseconds. */
export class RequestOptions extends HeldResource {
  readonly resource = 'wasi:http/types/request-options';
  connect: bigint | undefined;
  firstByte: bigint | undefined;
  betweenBytes: bigint | undefined;
}

/** @throws {ResultError} */
function checked<T>(value: T, isValid: boolean): T {
  if (!isValid) throw new ResultError();
  return value;
}

/** Host and port, without who asks. @see https://httpwg.org/specs/rfc9110.html#authority */
function isAuthority(text: string): boolean {
  const port = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::(\d{1,5}))?$/i.exec(text);
  return port !== null && Number(port[1] ?? 0) <= 65_535;
}

/** Begins with the slash, or with the query of the root. A fragment is never sent. */
function isPathWithQuery(text: string): boolean {
  return /^(?:$|[/?])[^\p{Cc}\s#<>\\^`]*$/u.test(text);
}

export function outgoingRequestFunctions({ holdings }: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const request = wit.resource(OutgoingRequest);
  return {
    '[constructor]outgoing-request': hostFunction(
      [wit.resource(Fields)],
      (headers) => new OutgoingRequest(holdings, headers),
    ),
    '[method]outgoing-request.body': hostFunction([request], (self) => self.body()),
    '[method]outgoing-request.headers': hostFunction([request], (self) => self.headers.view()),
    '[method]outgoing-request.method': hostFunction([request], (self) => self.method),
    '[method]outgoing-request.set-method': hostAction([request, method], (self, value) => {
      self.method = checked(value, value.tag !== 'other' || isName(value.value));
    }),
    '[method]outgoing-request.scheme': hostFunction([request], (self) => self.scheme),
    '[method]outgoing-request.set-scheme': hostAction([request, option(scheme)], (self, value) => {
      self.scheme = checked(
        value,
        value?.tag !== 'other' || /^[a-z][a-z\d+.-]*$/i.test(value.value),
      );
    }),
    '[method]outgoing-request.authority': hostFunction([request], (self) => self.authority),
    '[method]outgoing-request.set-authority': hostAction(
      [request, option(string)],
      (self, value) => {
        self.authority = checked(value, value === undefined || isAuthority(value));
      },
    ),
    '[method]outgoing-request.path-with-query': hostFunction(
      [request],
      (self) => self.pathWithQuery,
    ),
    '[method]outgoing-request.set-path-with-query': hostAction(
      [request, option(string)],
      (self, value) => {
        self.pathWithQuery = checked(value, value === undefined || isPathWithQuery(value));
      },
    ),
  };
}

export function requestOptionsFunctions({ holdings }: Wasi2Context): {
  readonly [name: string]: HostFunction;
} {
  const options: Parameter<RequestOptions> = wit.resource(RequestOptions);
  const timeout = (name: string, field: 'connect' | 'firstByte' | 'betweenBytes') => ({
    [`[method]request-options.${name}`]: hostFunction([options], (self) => self[field]),
    [`[method]request-options.set-${name}`]: hostAction(
      [options, option(u64)],
      (self, duration) => {
        self[field] = duration;
      },
    ),
  });
  return {
    '[constructor]request-options': hostFunction([], () => new RequestOptions(holdings)),
    ...timeout('connect-timeout', 'connect'),
    ...timeout('first-byte-timeout', 'firstByte'),
    ...timeout('between-bytes-timeout', 'betweenBytes'),
  };
}
