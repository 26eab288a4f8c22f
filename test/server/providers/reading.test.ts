/** What is kept of a provider's own words. */
import { expect, test } from 'vitest';
import { redacted } from '../../../server/core/redaction.ts';
import { failureOf, reasonOf } from '../../../server/providers/reading.ts';

const GROUPED = [
  '256772123456',
  '+256 772 123 456',
  '+256-772-123456',
  '0772 123 456',
  '0772-123-456',
  '0772  123  456',
  '(0772) 123 456',
  '+256 (0) 772 123 456',
  '0772\u00a0123\u00a0456',
  '0772\u2011123\u2011456',
  '0\u200b772\u200b123\u200b456',
];

test.each([...GROUPED, '0772.123.456', '0772/123456', '٠٧٧٢١٢٣٤٥٦'])('no number that could be a phone is kept of a reason: %j', (number) => {
  for (const kept of [reasonOf(`The wallet of ${number} is closed`), failureOf(`Subscriber ${number} declined`, '').reason]) {
    expect(kept.replaceAll(/\D/g, '')).toBe('');
    expect(kept).toContain('…');
  }
});

test.each(['Limit is 5,000,000 UGX', 'Error 1032 after 60 s', 'Insufficient balance: 12 500 UGX needed', 'The most is 1,000,000,000 UGX'])('what is no phone is kept: %j', (words) => {
  expect(reasonOf(words)).toBe(words);
});

test.each(GROUPED)('nor does one get into the log: %j', (number) => {
  const line = redacted(JSON.stringify({ msg: `Subscriber ${number} declined`, time: 1_795_709_364_843, ms: 0.772123456 }));
  expect(line).toContain('456 declined');
  expect(line).not.toMatch(/7\D*7\D*2\D*1\D*2\D*3\D*4\D*5\D*6 declined/);
  expect(JSON.parse(line)).toMatchObject({ time: 1_795_709_364_843, ms: 0.772123456 });
});
