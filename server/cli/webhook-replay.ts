import { systemClock } from '../core/clock.ts';
import { JobQueue } from '../jobs/queue.ts';
import { type Replayed, WebhookReplay } from '../webhooks/replay.ts';
import { type Answer, type Command, UsageError } from './command.ts';
import { readTime } from './time.ts';
import { deliveryId } from './webhook-show.ts';
import { appNamed, inWorkspace, type Workspace } from './workspace.ts';

export const command: Command = {
  positionals: ['[DELIVERY_ID]'],
  options: {
    app: { type: 'text', value: 'SLUG', about: 'every event of this app that nobody accepted' },
    since: { type: 'text', value: 'TIME', about: 'from when on: 2026-03-14T10:30:00Z, 2026-03-14 (UTC), 36h or 3d ago' },
    all: { type: 'flag', about: 'with --app: also what was accepted' },
  },
  notes: 'Events go to where they go today: the payment’s own callback address, or else the app’s. A running server sends them within seconds.',
  run: (args) => {
    const [id] = args.positionals;
    const [slug, since] = [args.optional('app'), args.optional('since')];
    if ((id === undefined) === (slug === undefined)) throw new UsageError('Replay what? DELIVERY_ID, or --app SLUG --since TIME');
    if ((since === undefined) !== (slug === undefined)) throw new UsageError('--app and --since TIME belong together');
    if (args.flag('all') && slug === undefined) throw new UsageError('--all goes with --app');
    const one = id === undefined ? undefined : deliveryId(id);
    const from = since === undefined ? 0 : readTime('since', since, systemClock.now());
    return inWorkspace(async (workspace) => {
      const replay = replayIn(workspace);
      if (one !== undefined) return answer([await replay.one(one)]);
      return answer(await replay.since((await appNamed(workspace.apps, slug!)).id, from, { all: args.flag('all') }));
    });
  },
};

function replayIn({ store, webhookSettings }: Workspace): WebhookReplay {
  return new WebhookReplay({ store, clock: systemClock, jobs: new JobQueue(store), settings: webhookSettings });
}

function answer(deliveries: Replayed[]): Answer {
  const held = deliveries.filter(({ status }) => status === 'disabled');
  const disabled = [...new Set(held.map(({ url }) => url))];
  return {
    json: { replayed: deliveries.length - held.length, deliveries },
    text: [
      `${deliveries.length - held.length} on their way.`,
      ...disabled.map((url) => `${held.filter((each) => each.url === url).length} held back: ${url} is disabled. Enable it with malipo webhook enable, then replay again.`),
    ].join('\n'),
  };
}
