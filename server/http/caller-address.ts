import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What one subscriber of an IPv6 network is given at the least (RFC 6177): all addresses in it are theirs to take. */
const SUBSCRIBER_GROUPS = 4;

/**
 * By what a caller is counted. An IPv4 address is one, also where it is written as IPv6; of an IPv6 address its first half
 * is, for whoever has it has eighteen million million million of them, and would be somebody new with each.
 */
export function callerAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const { parts } = parsed as ipaddr.IPv6;
  return `${parts.slice(0, SUBSCRIBER_GROUPS).map((group) => group.toString(16)).join(':')}::/64`;
}
