/** `error-code` of `wasi:http/types`. */

import type { GuestFetchError } from '../../../../../contract/calls.ts';
import { type HostVariant, ResultError } from '../../host.ts';
import { type Parameter, wit } from '../binding/parameters.ts';

const { option, record, string, u8, u16, u32, u64 } = wit;
const fieldSize = record({ 'field-name': option(string), 'field-size': option(u32) });

/** Reads one that a component gives. */
export const errorCode: Parameter<HostVariant> = wit.variant({
  'DNS-timeout': null,
  'DNS-error': record({ rcode: option(string), 'info-code': option(u16) }),
  'destination-not-found': null,
  'destination-unavailable': null,
  'destination-IP-prohibited': null,
  'destination-IP-unroutable': null,
  'connection-refused': null,
  'connection-terminated': null,
  'connection-timeout': null,
  'connection-read-timeout': null,
  'connection-write-timeout': null,
  'connection-limit-reached': null,
  'TLS-protocol-error': null,
  'TLS-certificate-error': null,
  'TLS-alert-received': record({ 'alert-id': option(u8), 'alert-message': option(string) }),
  'HTTP-request-denied': null,
  'HTTP-request-length-required': null,
  'HTTP-request-body-size': option(u64),
  'HTTP-request-method-invalid': null,
  'HTTP-request-URI-invalid': null,
  'HTTP-request-URI-too-long': null,
  'HTTP-request-header-section-size': option(u32),
  'HTTP-request-header-size': option(fieldSize),
  'HTTP-request-trailer-section-size': option(u32),
  'HTTP-request-trailer-size': fieldSize,
  'HTTP-response-incomplete': null,
  'HTTP-response-header-section-size': option(u32),
  'HTTP-response-header-size': fieldSize,
  'HTTP-response-body-size': option(u64),
  'HTTP-response-trailer-section-size': option(u32),
  'HTTP-response-trailer-size': fieldSize,
  'HTTP-response-transfer-coding': option(string),
  'HTTP-response-content-coding': option(string),
  'HTTP-response-timeout': null,
  'HTTP-upgrade-failed': null,
  'HTTP-protocol-error': null,
  'loop-detected': null,
  'configuration-error': null,
  'internal-error': option(string),
});

/** What a function throws that fails with such a code. */
export function httpError(tag: string, value?: HostVariant['value']): ResultError {
  return new ResultError({ tag, value });
}

/** Why a request failed, in the words of the interface; its own words where there is no better code. */
export function errorCodeOf({ kind, message, causeCode }: GuestFetchError): HostVariant {
  const inWords = { tag: 'internal-error', value: message };
  switch (kind) {
    case 'not-allowed':
      return { tag: 'HTTP-request-denied' };
    case 'too-large':
      return { tag: 'HTTP-response-body-size', value: undefined };
    case 'timeout':
      return { tag: timeouts[causeCode ?? ''] ?? 'HTTP-response-timeout' };
    case 'network':
      return networkError(causeCode ?? '') ?? inWords;
    case 'aborted':
      return { tag: 'HTTP-protocol-error' };
    case 'quota':
      return causeCode === 'maxRequestBytes'
        ? { tag: 'HTTP-request-body-size', value: undefined }
        : inWords;
    case 'bad-request':
      return inWords;
  }
}

const timeouts: { readonly [causeCode: string]: string } = {
  UND_ERR_CONNECT_TIMEOUT: 'connection-timeout',
  ETIMEDOUT: 'connection-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'connection-read-timeout',
  UND_ERR_BODY_TIMEOUT: 'connection-read-timeout',
};

const dnsError = (rcode: string): HostVariant => ({
  tag: 'DNS-error',
  value: { rcode, 'info-code': undefined },
});

const networkErrors: { readonly [causeCode: string]: HostVariant } = {
  ENOTFOUND: dnsError('NXDOMAIN'),
  ENODATA: dnsError('NOERROR'),
  ESERVFAIL: dnsError('SERVFAIL'),
  EAI_AGAIN: { tag: 'DNS-timeout' },
  ECONNREFUSED: { tag: 'connection-refused' },
  EHOSTUNREACH: { tag: 'destination-IP-unroutable' },
  ENETUNREACH: { tag: 'destination-IP-unroutable' },
  ECONNRESET: { tag: 'connection-terminated' },
  EPIPE: { tag: 'connection-terminated' },
  UND_ERR_SOCKET: { tag: 'connection-terminated' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { tag: 'HTTP-response-incomplete' },
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: { tag: 'HTTP-request-body-size', value: undefined },
  UND_ERR_HEADERS_OVERFLOW: { tag: 'HTTP-response-header-section-size', value: undefined },
  EPROTO: { tag: 'TLS-protocol-error' },
};

function networkError(causeCode: string): HostVariant | undefined {
  if (/^HPE_/.test(causeCode)) return { tag: 'HTTP-protocol-error' };
  if (/^Z_|^ERR_?_BROTLI|^ZSTD_/.test(causeCode)) {
    return { tag: 'HTTP-response-content-coding', value: undefined };
  }
  if (/^ERR_SSL_/.test(causeCode)) return { tag: 'TLS-protocol-error' };
  if (/CERT/.test(causeCode) || causeCode === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    return { tag: 'TLS-certificate-error' };
  }
  return networkErrors[causeCode];
}
