/** Policy of egress, beside all steps: which IP addresses are public. */

import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address is one that the public internet routes to a host: everything else
 * (loopback, private, link-local, carrier-grade NAT, multicast, documentation, reserved …) is not,
 * and neither is text that is not an IP address.
 *
 * Of IPv4 within IPv6, the embedded address counts where the host's own network stack or a NAT64
 * gateway would connect to it (mapped, 64:ff9b::/96). The other forms (compatible, translated,
 * 64:ff9b:1::/48, 6to4, Teredo, ISATAP) lead to tunnels and are never public.
 *
 * @param text an address without brackets or zone
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text))
    return ipaddr.IPv4.parse(text).range() === 'unicast';
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range() === 'unicast';
  const [first = 0, , , , , sixth = 0, seventh = 0, eighth = 0] = address.parts;
  if (address.match(wellKnownNat64)) {
    return ipv4Of(seventh, eighth).range() === 'unicast';
  }
  // Global unicast is 2000::/3 only; ipaddr.js knows the registries' exceptions within it.
  if ((first & 0xe000) !== 0x2000 || address.range() !== 'unicast') return false;
  return !isIsatap(address.parts[4] ?? 0, sixth);
}

const wellKnownNat64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

function ipv4Of(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}

/** RFC 5214: the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address. */
function isIsatap(fifth: number, sixth: number): boolean {
  return sixth === 0x5efe && (fifth & ~0x0200) === 0;
}
