import { describe, expect, test } from '@jest/globals';
import { isPublicAddress } from '../../lambda/egress/address.ts';

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
