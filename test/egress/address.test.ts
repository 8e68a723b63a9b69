import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from '../../lambda/egress/policy/address.ts';
import { createPolicy } from '../../lambda/egress/policy/policy.ts';

// What must be refused is in the table of spellings; here is what must not, and where it ends.
describe('an address is public, or it is not', () => {
  test.each([
    ['1.1.1.1', true],
    ['8.8.8.8', true],
    ['9.255.255.255', true],
    ['10.0.0.0', false],
    ['11.0.0.0', true],
    ['100.63.255.255', true],
    ['100.64.0.0', false],
    ['100.128.0.0', true],
    ['126.255.255.255', true],
    ['128.0.0.0', true],
    ['169.253.255.255', true],
    ['169.255.0.0', true],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.32.0.0', true],
    ['192.167.255.255', true],
    ['192.169.0.0', true],
    ['198.17.255.255', true],
    ['198.20.0.0', true],
    ['223.255.255.255', true],
    ['224.0.0.0', false],
    ['2606:4700:4700::1111', true],
    ['2001:4860:4860::8888', true],
    ['2001:200::1', true],
    ['2a00:1450::1', true],
    ['::ffff:8.8.8.8', true],
    ['::ffff:808:808', true],
    ['64:ff9b::8.8.8.8', true],
    ['64:ff9b::808:808', true],
    ['2600:1f18:0:0:1:5efe:0:1', true],
    ['1fff::1', false],
    ['3ffe::1', true],
    ['4000::', false],
    ['8.8.8', false],
    ['0x8.8.8.8', false],
    ['08.8.8.8', false],
    ['8.8.8.8 ', false],
    ['134744072', false],
    ['[2606:4700:4700::1111]', false],
    ['2606:4700:4700::1111%eth0', false],
    ['example.com', false],
    ['', false],
  ])('%s: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});

const anyHosts = () => true;
const policy = createPolicy({ allowedPorts: [80], trustedOrigins: [] });
const seed = 20_261_122;

/** A part of an IPv4 address as URL parsers accept it. */
const spelled = (value: number) =>
  fc.constantFrom(
    String(value),
    `0x${value.toString(16)}`,
    `0X${value.toString(16).toUpperCase()}`,
    `0${value.toString(8)}`,
    `000${value.toString(8)}`,
    `0x000${value.toString(16)}`,
  );

/** The spellings of an address with one to four parts. */
const spellingsOf = ([a, b, c, d]: readonly [number, number, number, number]) =>
  fc
    .constantFrom(
      [a, b, c, d],
      [a, b, c * 256 + d],
      [a, b * 65_536 + c * 256 + d],
      [a * 16_777_216 + b * 65_536 + c * 256 + d],
    )
    .chain((parts) => fc.tuple(...parts.map(spelled)))
    .map((parts) => parts.join('.'));

const octet = fc.integer({ min: 0, max: 255 });

/** Addresses at random, half of them in the private ranges. */
const ipv4 = fc
  .tuple(octet, octet, octet, octet)
  .chain((bytes) =>
    fc.constantFrom(
      bytes,
      [10, ...bytes.slice(1)],
      [127, ...bytes.slice(1)],
      [169, 254, ...bytes.slice(2)],
      [192, 168, ...bytes.slice(2)],
      [172, 16 + (bytes[1] % 16), ...bytes.slice(2)],
    ),
  )
  .map(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d] as const);

describe('however an address is spelled,', () => {
  test('it is judged as what it is', () => {
    fc.assert(
      fc.property(
        ipv4.chain((bytes) => fc.tuple(fc.constant(bytes), spellingsOf(bytes))),
        ([bytes, text]) => {
          const refusal = policy.judge(new URL(`http://${text}/`), anyHosts);
          expect(refusal === null).toBe(isPublicAddress(bytes.join('.')));
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  test('it is never more welcome within an IPv6 address', () => {
    const prefixes = ['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', '2600:1f18::5efe:'];
    fc.assert(
      fc.property(ipv4, fc.constantFrom(...prefixes), (bytes, prefix) => {
        const text = bytes.join('.');
        if (policy.judge(new URL(`http://[${prefix}${text}]/`), anyHosts) === null) {
          expect(isPublicAddress(text)).toBe(true);
        }
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
