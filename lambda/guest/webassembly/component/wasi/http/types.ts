/** `wasi:http/types`. */

import type { HostInterface } from '../../host.ts';
import { lazyInterface, type Wasi2Context } from '../binding/context.ts';
import { hostFunction, wit } from '../binding/parameters.ts';
import { IoError } from '../io/error.ts';
import { fieldsFunctions } from './fields.ts';
import { incomingBodyFunctions } from './incoming-body.ts';
import { incomingRequestFunctions } from './incoming-request.ts';
import { incomingResponseFunctions } from './incoming-response.ts';
import { outgoingBodyFunctions } from './outgoing-body.ts';
import { outgoingRequestFunctions, requestOptionsFunctions } from './outgoing-request.ts';
import { outgoingResponseFunctions } from './outgoing-response.ts';

export function httpTypesInterface(context: Wasi2Context): HostInterface {
  return lazyInterface('wasi:http/types', resources, () => ({
    ...fieldsFunctions(context),
    ...outgoingRequestFunctions(context),
    ...requestOptionsFunctions(context),
    ...outgoingBodyFunctions(),
    ...incomingResponseFunctions(context),
    ...incomingBodyFunctions(context),
    ...incomingRequestFunctions(),
    ...outgoingResponseFunctions(context),
    'http-error-code': hostFunction([wit.resource(IoError)], ({ cause }) => cause.http),
  }));
}

const resources = [
  'fields',
  'incoming-request',
  'outgoing-request',
  'request-options',
  'response-outparam',
  'incoming-response',
  'incoming-body',
  'future-trailers',
  'outgoing-response',
  'outgoing-body',
  'future-incoming-response',
];
