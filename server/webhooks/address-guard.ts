/**
 * Keeps webhooks off the private network. A merchant names the address, and a name can mean another machine each
 * time it is asked for, so what counts is where the connection really goes: the guard stands in the connection's
 * own name lookup, and what it lets through is what is connected to. Checking a name before calling would be a race
 * that whoever owns the name wins.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The addresses that a host name stands for. */
export type ResolveHost = (host: string) => Promise<string[]>;

export class AddressRefusedError extends Error {
  override name = 'AddressRefusedError';
}

/** Public by its number, but in Azure it is every machine's own metadata and agent service. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/** All that is given out for the public Internet (IANA, IPv6 unicast address assignments); ipaddr.js takes the rest for public too. */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

export class AddressGuard {
  readonly #allowed: readonly [Address, number][];
  readonly #resolve: ResolveHost;

  /** `allowCidrs`: ranges that may be called although they are not public. */
  constructor({ allowCidrs, resolve }: { allowCidrs: readonly string[]; resolve: ResolveHost }) {
    this.#allowed = allowCidrs.map((cidr) => ipaddr.parseCIDR(cidr));
    this.#resolve = resolve;
  }

  /** Throws AddressRefusedError for an address that must not be called. */
  check(address: string): void {
    if (!this.#mayCall(address)) throw new AddressRefusedError(`${address} is not a public address; OUTBOUND_ALLOW_CIDRS can allow it`);
  }

  /** For a URL's host that is an address already: a connection to it looks nothing up. */
  checkLiteral(host: string): void {
    const address = host.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) this.check(address);
  }

  /** The `lookup` of a connection: only addresses that may be called come out. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.#addressesOf(host, options).then(
      (addresses) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0]!.address, addresses[0]!.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };

  async #addressesOf(host: string, { family }: LookupOptions): Promise<LookupAddress[]> {
    const wanted = family === 4 || family === 'IPv4' ? 4 : family === 6 || family === 'IPv6' ? 6 : 0;
    const addresses = (await this.#resolve(host)).filter((address) => wanted === 0 || isIP(address) === wanted);
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    const allowed = addresses.filter((address) => this.#mayCall(address));
    if (allowed.length === 0) {
      throw new AddressRefusedError(`${host} is ${addresses.join(', ')}, which is not public; OUTBOUND_ALLOW_CIDRS can allow it`);
    }
    return allowed.map((address) => ({ address, family: isIP(address) }));
  }

  #mayCall(text: string): boolean {
    const address = effectiveAddress(text);
    return address !== null && (isPublic(address) || this.#allowed.some((range) => contains(range, address)));
  }
}

/** The address that is really reached: an IPv4 address may be written inside an IPv6 one (mapped, or by NAT64). */
function effectiveAddress(text: string): Address | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  const isNat64 = address.kind() === 'ipv6' && contains(ipaddr.parseCIDR('64:ff9b::/96'), address);
  return isNat64 ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' ? address.toString() !== AZURE_WIRE_SERVER : contains(PUBLIC_IPV6, address);
}

function contains([network, bits]: [Address, number], address: Address): boolean {
  return network.kind() === address.kind() && address.match(network as never, bits);
}
