/** What is to be mended before a provider can be used: its operator hears of it, is not told at every asking, and sees it counted all the same. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { tellingToMend, type Trouble } from '../../../server/providers/to-mend.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { paidByCard } from './paid-by-card.ts';

const REFUSED = { status: 401, said: 'Key sk_9 was refused at 10:15, request 81f3' };

function told() {
  const clock = new ManualClock();
  const lines: object[] = [];
  const tell = tellingToMend({ slug: 'stripe', clock, log: { warn: () => undefined, error: (details, message) => void lines.push({ ...details, message }) } });
  return { clock, lines, tell: (trouble: Trouble, message = 'KEY is wrong') => tell(trouble, message) };
}

test('the same trouble is said once in an hour, also where its provider names each request', () => {
  const { clock, lines, tell } = told();
  for (let minute = 0; minute < 60; minute++) {
    tell({ ...REFUSED, said: `Key sk_9 was refused at 10:${minute}, request ${(minute * 7_919).toString(16)}a1` });
    clock.advance(MINUTE_MS);
  }
  expect(lines).toEqual([{ provider: 'stripe', status: 401, said: 'Key sk_9 was refused at 10:0, request 0a1', message: 'KEY is wrong' }]);
  tell(REFUSED);
  expect(lines).toHaveLength(2);
});

test('another trouble is said at once: by its status, the provider’s words, or what is to be mended', () => {
  const { lines, tell } = told();
  for (let time = 0; time < 3; time++) {
    tell(REFUSED);
    tell({ ...REFUSED, status: 403 });
    tell({ ...REFUSED, said: 'The account is closed' });
    tell(REFUSED, 'ACCOUNT is wrong');
  }
  expect(lines).toHaveLength(4);
});

test('however many troubles there are, no more than some are kept', () => {
  const { clock, lines, tell } = told();
  for (let each = 0; each < 150; each++) tell({ said: 'x'.repeat(each) });
  clock.advance(HOUR_MS);
  tell({ said: '' });
  expect(lines).toHaveLength(151);
});

test('a key that is refused at every poll is said once, and each of the calls is counted', async () => {
  const shop = await paidByCard({ heard: false });
  let asked = 0;
  shop.stripe.handle = () => {
    asked++;
    return { status: 401, json: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided: ****' } } };
  };
  const counted = async () => Number(/^malipo_provider_calls_total\{provider="stripe",call="status",outcome="unknown"\} (\d+)$/m.exec((await shop.malipo.get('/metrics')).body)?.[1] ?? 0);
  const before = await counted();
  for (let time = 0; time < 5; time++) await shop.malipo.pass(4 * MINUTE_MS);
  expect(asked).toBeGreaterThan(1);
  expect(await counted()).toBe(before + asked);
  expect(shop.malipo.log.filter((line) => line.includes('STRIPE_SECRET_KEY was not accepted'))).toHaveLength(1);
});
