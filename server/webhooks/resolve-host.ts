import { lookup, Resolver } from 'node:dns/promises';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * The addresses of a host, IPv4 first. Asks the name servers itself: the system's own lookup blocks one of four
 * threads that the whole process shares, and four names whose servers are dead would stop everybody's. Names that
 * are only known to this machine (`localhost`, the hosts file, a container's neighbours) are looked up its way.
 */
export async function resolveHost(host: string): Promise<string[]> {
  if (!host.includes('.')) return systemLookup(host);
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses;
  const codes = answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as NodeJS.ErrnoException).code : ''));
  if (codes.includes('ETIMEOUT')) throw new Error(`the name servers did not answer for ${host}`);
  return systemLookup(host);
}

async function systemLookup(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}
