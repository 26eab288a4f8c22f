import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { AddressGuard, AddressRefusedError } from '../../../server/webhooks/address-guard.ts';
import { OutboundPosts } from '../../../server/webhooks/outbound-post.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openReceiver } from './receiver.ts';
import { tellingMalipo } from './telling-malipo.ts';

const noNames = () => Promise.reject(new Error('no name is asked for here'));

describe('an address that is not public', () => {
  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine, by another of its addresses', '127.9.9.9'],
    ['this machine, by none', '0.0.0.0'],
    ['private networks', '10.1.2.3'],
    ['private networks', '172.31.255.255'],
    ['private networks', '192.168.1.1'],
    ['link-local, where clouds keep metadata', '169.254.169.254'],
    ['Azure’s metadata', '168.63.129.16'],
    ['Oracle’s metadata', '192.0.0.192'],
    ['Alibaba’s metadata, and carriers', '100.100.100.200'],
    ['benchmarks', '198.18.0.1'],
    ['documentation', '203.0.113.9'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['this machine in IPv6', '::1'],
    ['this machine, by none, in IPv6', '::'],
    ['IPv4 mapped into IPv6', '::ffff:127.0.0.1'],
    ['IPv4 mapped into IPv6, in hex', '::ffff:a9fe:a9fe'],
    ['IPv4-compatible IPv6', '::127.0.0.1'],
    ['IPv4 behind NAT64', '64:ff9b::10.0.0.1'],
    ['IPv4 behind 6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:53aa:64c::1'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['what is not given out yet', '4000::1'],
    ['no address at all', '300.1.1.1'],
  ])('is refused: %s (%s)', (_, address) => {
    const guard = new AddressGuard({ allowCidrs: [], resolve: noNames });
    expect(() => guard.check(address)).toThrow(AddressRefusedError);
  });

  it.each(['8.8.8.8', '197.239.0.1', '2606:4700::1111', '64:ff9b::8.8.8.8', '::ffff:8.8.8.8'])('unlike a public one: %s', (address) => {
    new AddressGuard({ allowCidrs: [], resolve: noNames }).check(address);
  });

  it('is called where the operator allows it, and nothing beside it', () => {
    const guard = new AddressGuard({ allowCidrs: ['10.1.0.0/16', 'fd12::/16'], resolve: noNames });
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1']) guard.check(address);
    for (const address of ['10.2.0.1', '127.0.0.1', 'fd13::1']) expect(() => guard.check(address)).toThrow(AddressRefusedError);
  });

  it.each([
    ['by its number', (port: string) => `http://127.0.0.1:${port}/hook`],
    ['by its number written otherwise', (port: string) => `http://2130706433:${port}/hook`],
    ['by its number in hex', (port: string) => `http://0x7f.1:${port}/hook`],
    ['by no number', (port: string) => `http://0.0.0.0:${port}/hook`],
    ['mapped into IPv6', (port: string) => `http://[::ffff:127.0.0.1]:${port}/hook`],
    ['by name', (port: string) => `http://localhost:${port}/hook`],
  ])('never hears of a payment whose callback_url is this machine: %s', async (_, urlOf) => {
    const [malipo, receiver] = [await tellingMalipo({ allowCidrs: '' }), await openReceiver()];
    const duka = await malipo.shop({});
    await malipo.collect(duka, { callback_url: urlOf(new URL(receiver.url).port) });
    await malipo.pass(3 * SECOND_MS);
    expect(receiver.connections()).toBe(0);
    expect(await malipo.rows('SELECT response_status, error FROM webhook_attempts')).toEqual([
      { response_status: null, error: expect.stringMatching(/not (a )?public.*OUTBOUND_ALLOW_CIDRS/) },
    ]);
  });
});

describe('a name', () => {
  /** A name that means something else each time it is asked for. */
  function named(...answers: string[][]) {
    const guard = new AddressGuard({ allowCidrs: ['127.0.0.1/32'], resolve: async () => answers.shift()! });
    const posts = new OutboundPosts({ clock: new ManualClock(), guard });
    return (port: string) => posts.post({ url: `http://shop.example.org:${port}/hook`, headers: { connection: 'close' }, body: '{}' });
  }

  it('is checked as it is connected to: one that turns to a private address after a good first call is not called again', async () => {
    const receiver = await openReceiver();
    const { port } = new URL(receiver.url);
    const post = named(['127.0.0.1'], ['127.0.0.2'], ['::ffff:127.0.0.2', '10.0.0.1']);
    expect(await post(port)).toMatchObject({ kind: 'answered', status: 200 });
    expect(await post(port)).toEqual({ kind: 'failed', error: 'shop.example.org is 127.0.0.2, which is not public; OUTBOUND_ALLOW_CIDRS can allow it' });
    expect(await post(port)).toMatchObject({ kind: 'failed', error: expect.stringContaining('not public') });
    expect(receiver.connections()).toBe(1);
  });

  it('with good and bad addresses is called by the good ones only', async () => {
    const receiver = await openReceiver();
    const post = named(['169.254.169.254', '127.0.0.1', '::1']);
    expect(await post(new URL(receiver.url).port)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('without an address is a failure like any other', async () => {
    expect(await named([])('80')).toEqual({ kind: 'failed', error: 'shop.example.org has no address' });
  });
});

describe('an address that is no web address', () => {
  it.each(['ftp://shop.example.org/', 'file:///etc/passwd', 'nonsense', ''])('is not called: %j', async (url) => {
    const posts = new OutboundPosts({ clock: new ManualClock(), guard: new AddressGuard({ allowCidrs: ['0.0.0.0/0'], resolve: noNames }) });
    expect(await posts.post({ url, headers: {}, body: '' })).toMatchObject({ kind: 'failed', error: expect.stringContaining('not an http') });
  });
});
