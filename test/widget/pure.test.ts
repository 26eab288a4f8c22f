import { expect } from '@open-wc/testing';
import { CheckoutApiError, NO_ANSWER, parseItem, parseSnapshot, parseStart, parseStatus } from '../../widget/src/api.ts';
import { tellDeadline } from '../../widget/src/controllers/countdown.ts';
import { maskPhone, networkOf, readDetails } from '../../widget/src/details-form.ts';
import { canMove, type CheckoutState, stateOf, TRANSITIONS } from '../../widget/src/machine.ts';
import { formatMoney, parseAmount } from '../../widget/src/money.ts';
import { serverOfScript } from '../../widget/src/server-address.ts';
import { TIMING } from '../../widget/src/timing.ts';
import { aDonation, anItem, aStart, aStatus } from './support/world.ts';

const states = Object.keys(TRANSITIONS) as CheckoutState[];

describe('the machine', () => {
  it('has the states of the design, and moves only between them', () => {
    expect(states).to.have.members(['idle', 'loading', 'details', 'starting', 'waiting', 'card', 'checking', 'succeeded', 'failed', 'expired', 'unknown', 'offline', 'unavailable']);
    for (const from of states) {
      expect(states).to.include.members([...TRANSITIONS[from]]);
      expect(canMove(from, from), `${from} to itself is no move`).to.equal(false);
    }
  });

  it('never leaves success', () => {
    expect(states.filter((to) => canMove('succeeded', to))).to.deep.equal([]);
  });

  it('looks before a failed or expired payment is tried again', () => {
    for (const from of ['failed', 'expired'] as const) {
      expect(canMove(from, 'details')).to.equal(false);
      expect(canMove(from, 'starting')).to.equal(false);
      expect(canMove(from, 'checking')).to.equal(true);
    }
    expect(canMove('checking', 'succeeded')).to.equal(true);
  });

  it('starts only from the details, so that two presses are one', () => {
    expect(states.filter((from) => canMove(from, 'starting'))).to.deep.equal(['details']);
  });

  it('can reach every state but the reserved ones from idle', () => {
    const reached = new Set<CheckoutState>(['idle']);
    for (const state of reached) for (const next of TRANSITIONS[state]) reached.add(next);
    expect([...reached]).to.have.members(states);
  });

  it('can end well from wherever a payment may be on its way', () => {
    for (const from of ['starting', 'waiting', 'checking', 'unknown', 'offline'] as const) expect(canMove(from, 'succeeded'), from).to.equal(true);
  });

  it('shows each status', () => {
    expect((['pending', 'completed', 'failed', 'expired'] as const).map(stateOf)).to.deep.equal(['waiting', 'succeeded', 'failed', 'expired']);
  });
});

describe('the answers of the server', () => {
  const parsers = [
    ['item', parseItem, anItem()],
    ['donation', parseItem, aDonation],
    ['item with a method of the future', parseItem, { ...anItem(), methods: [{ type: 'shells', beach: 3 }, ...anItem().methods] }],
    ['start', parseStart, aStart()],
    ['status', parseStatus, aStatus({ status: 'failed', failure_code: 'declined', failure_reason: 'declined', item: null })],
  ] as const;

  for (const [name, parse, valid] of parsers) {
    it(`are taken as they are: ${name}`, () => {
      expect(parse(valid)).to.equal(valid);
    });
  }

  const needed = {
    item: [parseItem, anItem(), ['slug', 'name', 'amount', 'min_amount', 'max_amount', 'suggested_amounts', 'currency', 'methods', 'is_test', 'app']],
    start: [parseStart, aStart(), ['reference', 'status', 'amount', 'currency', 'network', 'expires_at']],
    status: [parseStatus, aStatus(), ['reference', 'status', 'amount', 'currency', 'network', 'expires_at', 'failure_code', 'failure_reason']],
  } as const;
  for (const [name, [parse, valid, fields]] of Object.entries(needed)) {
    it(`are refused when something the widget builds on is missing or nonsense: ${name}`, () => {
      for (const field of fields) {
        for (const nonsense of [undefined, {}, 'nonsense', NaN, -1]) {
          if (typeof nonsense === 'string' && ['slug', 'name', 'reference', 'network', 'expires_at', 'failure_code', 'failure_reason'].includes(field)) continue;
          expect(parse({ ...valid, [field]: nonsense }), `${field}: ${String(nonsense)}`).to.equal(null);
        }
      }
      for (const nothing of [null, undefined, '', 0, [], 'text']) expect(parse(nothing)).to.equal(null);
    });
  }

  it('are refused with a network or a country nobody knows how to ask', () => {
    expect(parseItem(anItem({ methods: [{ type: 'mobile_money', country: 'XX' as 'UG', networks: [] }] }))).to.equal(null);
    expect(parseItem(anItem({ methods: [{ type: 'mobile_money', country: 'UG', networks: [{ id: 'mtn', name: 'MTN' } as never] }] }))).to.equal(null);
  });

  it('come through the stream in the same envelope', () => {
    expect(parseSnapshot(JSON.stringify({ data: aStatus() }))?.reference).to.equal('dgw_first');
    for (const text of ['', '{}', 'null', '{"data":{}}', '<html>']) expect(parseSnapshot(text)).to.equal(null);
  });

  it('are certain only where they are', () => {
    const refused = (code: string, status: number, isReplay = false): boolean => new CheckoutApiError(code, status).isRefusal(isReplay);
    for (const [code, status] of [['INVALID_PHONE', 400], ['VALIDATION_ERROR', 400], ['NOT_FOUND', 404], ['PROVIDER_ERROR', 502], ['PROVIDER_LINE_DOWN', 503], ['RATE_LIMIT', 429]] as const) expect(refused(code, status), code).to.equal(true);
    for (const [code, status] of [['DB_ERROR', 500], [NO_ANSWER, 0], [NO_ANSWER, 404], [NO_ANSWER, 502], ['IDEMPOTENCY_CONFLICT', 409], ['REQUEST_TIMEOUT', 408]] as const) expect(refused(code, status), code).to.equal(false);
    expect(refused('RATE_LIMIT', 429, true)).to.equal(false);
    expect(refused('PROVIDER_LINE_DOWN', 503, true)).to.equal(false);
    expect(refused('PROVIDER_ERROR', 502, true)).to.equal(true);
  });
});

describe('money', () => {
  it('is written with its code, and without parts where there are none', () => {
    const tidy = (text: string): string => text.replace(/\s/g, ' ');
    expect(tidy(formatMoney(50_000, 'UGX', ['en']))).to.equal('UGX 50,000');
    expect(tidy(formatMoney(9.5, 'USD', ['en']))).to.equal('USD 9.50');
    expect(tidy(formatMoney(1_500, 'KES', ['sw']))).to.equal('KES 1,500');
  });

  it('is read as people type it, and never rounded', () => {
    expect(['50 000', '50,000', '50000', '12.50'].map((typed) => parseAmount(typed, 'KES'))).to.deep.equal([50_000, 50_000, 50_000, 12.5]);
    expect(['', '0', '-5', '1.234', '1e5', 'ten', '12.5', '99999999999999'].map((typed) => parseAmount(typed, 'UGX'))).to.deep.equal(Array(8).fill(null));
  });
});

describe('the deadline', () => {
  it('is told by the clock while it is far, and counted down at the end', () => {
    const at = new Date(2026, 10, 27, 20, 5).getTime();
    const before = (minutes: number) => tellDeadline(at, at - minutes * 60_000);
    for (const minutes of [240, 60, 10.1]) expect(before(minutes)).to.deep.equal({ key: 'until', time: '20:05' });
    expect([10, 9.5, 1, 0.1].map((minutes) => before(minutes)?.time)).to.deep.equal(['10:00', '9:30', '1:00', '0:06']);
    expect(before(10)?.key).to.equal('left');
    expect([0, -5, NaN].map(before)).to.deep.equal([null, null, null]);
  });
});

describe('the details', () => {
  const [method] = anItem().methods;
  if (method?.type !== 'mobile_money') throw new Error('no mobile money');

  it('follow the number until the buyer chooses', () => {
    expect(networkOf({ isCard: false, phone: '0772', amount: '', network: null }, method)).to.equal('mtn');
    expect(networkOf({ isCard: false, phone: '0772', amount: '', network: 'airtel' }, method)).to.equal('airtel');
    expect(networkOf({ isCard: false, phone: '099', amount: '', network: null }, method)).to.equal(null);
    expect(networkOf({ isCard: false, phone: '099', amount: '', network: null }, { ...method, networks: method.networks.slice(0, 1) })).to.equal('mtn');
  });

  it('become a request, or every mistake at once', () => {
    expect(readDetails({ isCard: false, phone: '0772 123 456', amount: '', network: null }, anItem(), method)).to.deep.equal({ body: { method: 'mobile_money', phone_number: '256772123456', network: 'mtn' } });
    expect(readDetails({ isCard: false, phone: '1', amount: '1', network: null }, aDonation, method)).to.deep.equal({ errors: { amount: 'TOO_LITTLE', phone: 'INVALID_PHONE' } });
  });

  it('show a number so that only its owner knows it', () => {
    expect(maskPhone('256772123456')).to.equal('+256\u00a077•\u00a0•••\u00a0456');
  });
});

describe('the intervals', () => {
  it('notice a stalled stream within 45 s, and never take two missed beats of 20 s for a stall', () => {
    expect(TIMING.silenceMs).to.be.at.most(45_000).and.above(2 * 20_000);
  });
});

describe('the server', () => {
  for (const [script, server] of [
    ['https://pay.example.org/pay-button.js', 'https://pay.example.org'],
    ['https://pay.example.org/pay-button/1.2.3.js', 'https://pay.example.org'],
    ['https://example.org/malipo/pay-button.js?v=3#x', 'https://example.org/malipo'],
    ['https://shop.example/assets/bundle-1a2b.js', 'https://shop.example/assets'],
  ] as const) {
    it(`of ${script} is ${server}`, () => {
      expect(serverOfScript(script)).to.equal(server);
    });
  }
});
