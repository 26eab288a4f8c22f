import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { many } from '../support/many.ts';
import { until } from '../support/until.ts';
import { hang, openReceiver } from './receiver.ts';
import { type Shop, type TellingMalipo, tellingMalipo } from './telling-malipo.ts';

const APPROVAL_MS = 3 * SECOND_MS;
const DEAD_SHOPS = 100;
const PAYMENTS_EACH = 12;

/** As many as one lane holds of jobs that do not end. */
const HELD_BY_ONE = 8;

/** Lets a started server work in a moment that does not end. */
function meanwhile(malipo: TellingMalipo, condition: () => boolean | Promise<boolean>): Promise<void> {
  return until(() => (malipo.clock.advance(0), condition()));
}

async function withDeadShops(malipo: TellingMalipo) {
  const dead = await openReceiver(hang);
  const shops: Shop[] = [];
  for (let index = 0; index < DEAD_SHOPS; index++) shops.push(await malipo.shop({ slug: `dead-${index}`, webhookUrl: `${dead.url}/${index}` }));
  await many(DEAD_SHOPS * PAYMENTS_EACH, (payment) => malipo.collect(shops[payment % DEAD_SHOPS]!));
  malipo.jobs.start();
  malipo.clock.advance(APPROVAL_MS);
  await meanwhile(malipo, () => dead.heard.length === DEAD_SHOPS * HELD_BY_ONE);
  return dead;
}

describe('a hundred shops whose servers take the call and never answer', () => {
  it('delay no other shop’s webhook, and no payment', async () => {
    const [malipo, good] = [await tellingMalipo(), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: good.url });
    const dead = await withDeadShops(malipo);
    const began = malipo.clock.now();

    const reference = await malipo.collect(duka);
    malipo.clock.advance(APPROVAL_MS);
    await meanwhile(malipo, () => good.heard.length === 1);
    expect(good.heard[0]!.body).toMatchObject({ reference, status: 'completed' });

    // Not one of the dead ones was given up meanwhile, and each holds no more connections than it may.
    expect(malipo.clock.now() - began).toBe(APPROVAL_MS);
    expect(await malipo.rows('SELECT id FROM webhook_attempts WHERE response_status IS NULL')).toEqual([]);
    expect(dead.heard).toHaveLength(DEAD_SHOPS * HELD_BY_ONE);
  });
});

describe('a shop with one dead server', () => {
  it('hears on its other one', async () => {
    const [malipo, dead, good] = [await tellingMalipo(), await openReceiver(hang), await openReceiver()];
    const duka = await malipo.shop({ webhookUrl: good.url });
    await Promise.all(Array.from({ length: PAYMENTS_EACH }, () => malipo.collect(duka, { callback_url: dead.url })));
    malipo.jobs.start();
    malipo.clock.advance(APPROVAL_MS);
    await meanwhile(malipo, () => dead.heard.length === HELD_BY_ONE);
    // Sixteen lanes are not endless: should both servers have got the same one, another name leads to another.
    await Promise.all(['127.0.0.1', '127.0.0.2', 'localhost'].map((host) => malipo.collect(duka, { callback_url: good.url.replace('127.0.0.1', host) })));
    malipo.clock.advance(APPROVAL_MS);
    await meanwhile(malipo, () => good.heard.length >= 1);
    expect(dead.heard).toHaveLength(HELD_BY_ONE);
  });
});

describe('a quick server', () => {
  it('is sent more at once the more it takes', async () => {
    let open = 0;
    let most = 0;
    const [malipo, good] = [
      await tellingMalipo(),
      await openReceiver((_heard, response) => {
        most = Math.max(most, ++open);
        setTimeout(() => {
          open--;
          response.end();
        }, 20);
      }),
    ];
    const duka = await malipo.shop({ webhookUrl: good.url });
    await many(300, () => malipo.collect(duka));
    malipo.jobs.start();
    malipo.clock.advance(APPROVAL_MS);
    await meanwhile(malipo, () => good.heard.length === 300);
    expect(most).toBeGreaterThan(HELD_BY_ONE);
    expect(most).toBeLessThanOrEqual(64);
  });
});
