/**
 * Every call of every adapter, whatever its provider answers: nothing is taken for money that cannot be read, nothing is
 * thrown that its caller does not expect, and nothing is told or logged that was secret or somebody's number.
 */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ProviderStatus, Submission } from '../../../../server/providers/provider.ts';
import { NOT_AVAILABLE } from '../../../../server/providers/reading.ts';
import { type Fault, GARBLINGS } from '../../../simulators/faults.ts';
import type { SimulatedRequest } from '../../../simulators/simulator.ts';
import { type Bench, benchOf } from './bench-of.ts';
import { type Call, callsOf, type Told } from './calls.ts';
import { CONTESTANTS } from './contestants.ts';
import { inTime } from './in-time.ts';

const PAGES = [200, 302, 400, 401, 403, 404, 502];

const FAULTS: readonly Fault[] = [
  { kind: 'does_and_hangs' },
  { kind: 'does_and_resets' },
  ...PAGES.map((status): Fault => ({ kind: 'breaks', status })),
  ...GARBLINGS.map((how): Fault => ({ kind: 'garbles', how })),
];

/** Answers without a status in them are left as they are. */
const WITHOUT_STATUS = ['balance', 'name', 'collect without a token'];

/** What was acknowledged under a readable name was taken, whatever its status is called. */
const ACKNOWLEDGED = ['collect', 'disburse', 'refund'];

function isHarmed({ name }: Call, fault: Fault): boolean {
  return fault.kind !== 'garbles' || fault.how !== 'unknown_status' || ![...WITHOUT_STATUS, ...ACKNOWLEDGED].includes(name);
}

/** Everything that a caller, a log or a person could see of it. */
function seen(told: Told, log: readonly string[]): string {
  return `${inspect(told, { depth: 20, maxStringLength: null, showHidden: true })}\n${log.join('\n')}`;
}

/** What a request carried to prove whose it is. */
function credentialsIn({ headers, body }: SimulatedRequest): string[] {
  const sent = [headers['authorization']?.replace(/^\w+ /, ''), headers['x-api-key'], new URLSearchParams(body).get('client_secret')];
  return sent.filter((each) => each !== undefined && each !== null);
}

/** Answers everything with a no in words that repeat all it was sent. */
function repeatsEverything(at: Bench, no: (words: string) => unknown, status: number, phone: string): string[] {
  const secrets: string[] = [];
  at.simulator.handle = (request) => {
    const credentials = credentialsIn(request);
    secrets.push(...credentials);
    const words = `Not allowed: ${credentials.join(' ')} for ${phone}, +${phone}, 0${phone.slice(3)}, ${phone.slice(3).replace(/(...)(?!$)/g, '$1 ')}`;
    // Whoever is told to come another day gives up at once.
    return { status, json: no(words), headers: { 'Retry-After': '86400' } };
  };
  return secrets;
}

describe.each(CONTESTANTS)('$slug', (contestant) => {
  const calls = callsOf(contestant);

  test.each(calls)('$name: of an answer that cannot be read nothing is believed', async (call) => {
    for (const fault of FAULTS.filter((each) => isHarmed(call, each))) {
      const at = await benchOf(contestant);
      await call.prepare?.(at);
      at.line.next(call.path, fault, Infinity);
      const { kind } = await inTime(at, call.ask(at));
      expect(['unknown', 'nothing'], `${JSON.stringify(fault)} came to ${kind}`).toContain(kind);
    }
  });

  test.each(calls)('$name: wrong credentials are the operator’s to mend, who hears which; nobody else does', async (call) => {
    const at = await benchOf(contestant, contestant.wrongCredentials);
    const told = await call.ask(at);
    const [variable, value] = Object.entries(contestant.wrongCredentials)[0]!;
    expect(at.log.join('\n')).toContain(variable);
    expect(seen(told, at.log)).not.toContain(value);
    if (['collect', 'disburse', 'refund'].some((each) => call.name.startsWith(each))) expect(told).toMatchObject({ kind: 'refused', reason: NOT_AVAILABLE });
    else expect(['unknown', 'nothing']).toContain(told.kind);
  });

  test.each(calls)('$name: what its provider repeats of our keys and of a number reaches nobody', async (call) => {
    const phone = contestant.phone || '256772123456';
    for (const status of [200, 400, 401, 403, 404, 422, 429, 503]) {
      const at = await benchOf(contestant);
      await call.prepare?.(at);
      const sent = repeatsEverything(at, contestant.no, status, phone);
      const text = seen(await call.ask(at), at.log);
      expect(sent.length).toBeGreaterThan(0);
      for (const secret of [...sent, ...contestant.secrets]) expect(text, `${status}`).not.toContain(secret);
      expect(text.replace(/[ .()/-]/g, ''), `${status}`).not.toContain(phone.slice(3));
    }
  });

  test('why a payment failed is told without a number', async () => {
    const at = await benchOf(contestant);
    const submission = (await at.adapter.collect(at.collectRequest())) as Submission & { kind: 'accepted' };
    at.simulator.books.decline(at.simulator.books.movements[0]!, 'Wallet 0772 123 456 (+256-772-123-456) is closed');
    const found = (await at.adapter.status(at.asked({ providerRef: submission.providerRef }))) as ProviderStatus & { kind: 'failed' };
    expect(found.kind).toBe('failed');
    expect(found.reason).not.toMatch(/772|123|456/);
  });
});
