import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isoTime, SECOND_MS } from '../../../server/core/clock.ts';
import { openReceiver, status } from '../webhooks/receiver.ts';
import { SECRET, type TellingMalipo, tellingMalipo } from '../webhooks/telling-malipo.ts';
import { runMalipo } from './run-malipo.ts';

const APPROVAL_MS = 3 * SECOND_MS;

/** A server with one app and its receiver, and the command line on the same database while the server has it open. */
async function besideAServer(answer = status(200)) {
  const [server, receiver] = [await tellingMalipo(), await openReceiver(answer)];
  const duka = await server.shop({ webhookUrl: receiver.url });
  const malipo = (...words: string[]) => runMalipo(words, { DATABASE_URL: server.databaseUrl, MALIPO_SECRET: SECRET });
  const pay = async () => {
    const reference = await server.collect(duka);
    await server.pass(APPROVAL_MS);
    return reference;
  };
  return { server, receiver, duka, malipo, pay };
}

describe('malipo webhook list and show', () => {
  it('tell what was delivered where, what was not and why, and which addresses fail', async () => {
    const { server, receiver, malipo, pay } = await besideAServer();
    const delivered = await pay();
    receiver.answerWith(status(500, {}, 'out of paper'));
    const failing = await pay();

    const { deliveries, endpoints } = (await malipo('webhook', 'list', '--app', 'duka', '--json')).json() as { deliveries: object[]; endpoints: object[] };
    expect(deliveries).toEqual([
      {
        id: 2,
        webhook_id: receiver.heard[1]!.headers['webhook-id'],
        event: 'transaction.completed',
        app: 'duka',
        reference: failing,
        url: receiver.url,
        status: 'pending',
        attempts: 1,
        created_at: isoTime(server.clock.now()),
        next_attempt_at: expect.stringMatching(/Z$/),
        last_attempt: { at: isoTime(server.clock.now()), duration_ms: 0, response_status: 500, response_body: 'out of paper', error: '' },
      },
      expect.objectContaining({ id: 1, reference: delivered, status: 'delivered', next_attempt_at: null }),
    ]);
    expect(endpoints).toEqual([{ app: 'duka', url: receiver.url, failing_since: isoTime(server.clock.now()), disabled_at: null, disabled_reason: '' }]);
    expect((await malipo('webhook', 'list', '--status', 'delivered', '--json')).json().deliveries).toMatchObject([{ id: 1 }]);

    const words = (await malipo('webhook', 'list')).stdout;
    expect(words).toContain(`transaction.completed of ${failing} (duka) to ${receiver.url}: pending, 1 attempt, last: answered 500`);
    expect(words).toContain('Addresses in trouble:');

    const shown = await malipo('webhook', 'show', '2', '--json');
    expect(shown.json()).toMatchObject({ id: 2, body: receiver.heard[1]!.body, log: [{ response_status: 500 }] });
    expect((await malipo('webhook', 'show', '2')).stdout).toContain('"out of paper"');
  });

  it('tell of a redirect that it is not followed', async () => {
    const { malipo, pay } = await besideAServer(status(302, { location: 'http://127.0.0.1/' }));
    await pay();
    const { deliveries } = (await malipo('webhook', 'list', '--json')).json();
    expect(deliveries).toMatchObject([{ status: 'pending', last_attempt: { response_status: 302, error: expect.stringContaining('not followed') } }]);
    expect((await malipo('webhook', 'list')).stdout).toContain('answered 302: a redirect, which is not followed');
  });
});

/** Commands have the real time, which the server's must not be behind. */
function catchUp({ clock, pass }: TellingMalipo): Promise<void> {
  return pass(Math.max(0, Date.now() - clock.now()));
}

describe('malipo webhook enable and replay', () => {
  it('bring an address that was gone back, with what it missed', async () => {
    const { server, receiver, malipo, pay } = await besideAServer(status(410));
    const missed = [await pay(), await pay()];
    receiver.answerWith(status(200));
    const held = await malipo('webhook', 'replay', '--app', 'duka', '--since', '1h');
    expect(held.stdout).toContain(`0 on their way.\n2 held back: ${receiver.url} is disabled`);

    expect((await malipo('webhook', 'enable', '--app', 'duka', '--json')).json()).toEqual({ app: 'duka', enabled: [{ url: receiver.url, set_aside: 2 }] });
    expect((await malipo('webhook', 'enable', '--app', 'duka', '--url', receiver.url)).stderr).toContain('is not a disabled address of duka');
    expect((await malipo('webhook', 'replay', '--app', 'duka', '--since', '1h', '--json')).json()).toMatchObject({ replayed: 2 });
    await catchUp(server);
    expect(receiver.heard.slice(1).map(({ body }) => body.reference).toSorted()).toEqual(missed.toSorted());

    expect((await malipo('webhook', 'replay', '1', '--json')).json()).toEqual({ replayed: 1, deliveries: [{ id: 1, url: receiver.url, status: 'pending' }] });
    await catchUp(server);
    expect(receiver.heard).toHaveLength(4);
  });
});

describe('malipo webhook secret rotate', () => {
  it('prints the new secret once, and the old one stays valid for as long as is said', async () => {
    const { server, receiver, duka, malipo, pay } = await besideAServer();
    const { webhook_secret: secret, ...rest } = (await malipo('webhook', 'secret', 'rotate', '--app', 'duka', '--keep-old-hours', '2', '--json')).json() as Record<string, string>;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toEqual({ app: 'duka', old_secret_valid_until: expect.stringMatching(/Z$/) });
    await pay();
    const [{ raw, headers }] = receiver.heard as [(typeof receiver.heard)[0]];
    for (const valid of [secret!, duka.secret]) new Webhook(valid).verify(raw, headers as Record<string, string>);

    const now = (await malipo('webhook', 'secret', 'rotate', '--app', 'duka', '--keep-old-hours', '0', '--json')).json().webhook_secret as string;
    await catchUp(server);
    expect(await server.settings.signing(duka.id)).toMatchObject({ secrets: [now] });
  });
});

describe('malipo webhook set', () => {
  it('changes address, dialect and signature form of an app', async () => {
    const { receiver, malipo, pay } = await besideAServer();
    const moved = await openReceiver();
    const set = await malipo('webhook', 'set', '--app', 'duka', '--url', moved.url, '--format', 'dukuzi', '--signature', 'sha256', '--json');
    expect(set.json()).toEqual({ app: 'duka', webhook_url: moved.url, webhook_format: 'dukuzi', webhook_signature: 'sha256' });
    await pay();
    expect(receiver.heard).toEqual([]);
    expect(moved.heard).toMatchObject([{ body: { transaction_id: 1, status: 'completed' }, headers: { 'x-dgateway-signature': expect.stringMatching(/^sha256=/) } }]);

    expect((await malipo('webhook', 'set', '--app', 'duka', '--url=', '--json')).json()).toMatchObject({ webhook_url: '' });
    await pay();
    expect(moved.heard).toHaveLength(1);
  });
});

describe('webhook commands that are not understood', () => {
  it.each([
    [['webhook', 'replay'], 2, 'Replay what?'],
    [['webhook', 'replay', '1', '--app', 'duka'], 2, 'Replay what?'],
    [['webhook', 'replay', '--app', 'duka'], 2, '--app and --since TIME belong together'],
    [['webhook', 'replay', '--app', 'duka', '--since', 'yesterday'], 2, '--since takes a time such as'],
    [['webhook', 'replay', 'first'], 2, 'DELIVERY_ID is a number'],
    [['webhook', 'show'], 2, 'DELIVERY_ID is missing'],
    [['webhook', 'show', '99'], 1, 'There is no webhook delivery 99'],
    [['webhook', 'list', '--limit', '0'], 2, '--limit takes a whole number'],
    [['webhook', 'set', '--app', 'duka'], 2, 'What to change?'],
    [['webhook', 'set', '--app', 'duka', '--url', 'ftp://x'], 1, 'webhook_url must be'],
    [['webhook', 'secret', 'rotate', '--app', 'nobody'], 1, 'There is no app nobody'],
    [['webhook', 'secret', 'rotate', '--app', 'duka', '--keep-old-hours', '-1'], 2, '--keep-old-hours takes a number'],
    [['webhook'], 2, 'webhook list, webhook show, webhook set, webhook enable, webhook replay, webhook secret rotate'],
  ])('say what is wrong: %j', async (words, exitCode, message) => {
    const { malipo } = await besideAServer();
    const run = await malipo(...words);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});
