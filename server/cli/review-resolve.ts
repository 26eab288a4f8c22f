import { RESOLUTIONS, type Resolution } from '../reviews/reviews.ts';
import { named, nameOf } from '../reviews/subject.ts';
import { type Command, rowId, UsageError } from './command.ts';
import { reviewDesk } from './desks.ts';
import { askableProviders } from './providers.ts';
import { reviewJson } from './review-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  positionals: ['ID'],
  options: {
    credit: { type: 'flag', about: 'the customer paid: what the provider says now, asked again, is the payment' },
    accept: { type: 'flag', about: 'what the provider did is so: completed as agreed, or as much of a payment taken back as it says now, asked again; money out, only where all of it came back' },
    release: { type: 'flag', about: 'nothing has left: what is held is back in the wallet' },
    charge: { type: 'flag', about: 'the app pays for it, out of its wallet' },
    absorb: { type: 'flag', about: 'the platform pays for it, out of its fees' },
    dismiss: { type: 'flag', about: 'nothing follows from it' },
    note: { type: 'text', value: 'TEXT', required: true, about: 'why, for the books' },
  },
  notes: 'Decides once; what follows is entered in the ledger with it. `malipo review show ID` says which of these fit. The provider is asked again before anything is credited, or taken of a completed payment: where it says another amount by then, the review says it, too, for you to decide again; where all of it is there, the review is settled. A part that came back of a payout, a withdrawal or a refund cannot be entered: --dismiss it with a note (--release it while it is held), and settle it outside. What it reports after you have decided comes as a new review.',
  run: (args) =>
    inWorkspace(async (workspace) => {
      const chosen = RESOLUTIONS.filter((each) => args.flag(each));
      if (chosen.length !== 1) throw new UsageError(`Say one of ${RESOLUTIONS.map((each) => `--${each}`).join(', ')}`);
      // Only what is credited, or taken of a payment, is asked about again.
      const live = chosen[0] === 'credit' || chosen[0] === 'accept' ? await askableProviders(workspace.config) : new Map();
      const resolved = await named(workspace.store.read, await reviewDesk(workspace, { live }).resolve(rowId(args.positionals[0]!), chosen[0] as Resolution, args.text('note')));
      const { id, note } = resolved;
      const name = nameOf(resolved);
      return { json: reviewJson(resolved), text: resolved.resolution === chosen[0] ? `Review ${id} of ${name} is decided: ${chosen[0]}.` : `Review ${id} of ${name} is settled, and there was nothing to decide: ${note}` };
    }, { existing: true }),
};
