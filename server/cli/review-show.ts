import { paymentById } from '../payments/statements.ts';
import { reviewById, reviewsBefore } from '../reviews/reviews.ts';
import { named, subjectOf } from '../reviews/subject.ts';
import { type Command, CommandError, rowId } from './command.ts';
import { reviewDesk } from './desks.ts';
import { reviewJson, reviewLine } from './review-list.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  positionals: ['ID'],
  options: {},
  notes: 'Offers what `malipo review resolve` would do as things stand, and says why the rest cannot be done; the provider, which it may ask again, is not asked here.',
  run: (args) =>
    inWorkspace(async (workspace) => {
      const { store } = workspace;
      const id = rowId(args.positionals[0]!);
      const found = await reviewById(store.read, id);
      if (found === undefined) throw new CommandError('NOT_FOUND', `There is no review ${id}`);
      const review = await named(store.read, found);
      const subject = subjectOf(review);
      const payment = subject.what === 'payment' ? await store.read.get(paymentById, { id: subject.id }) : undefined;
      const fits = review.resolvedAt === null ? await reviewDesk(workspace).fitting(review) : [];
      const fitting = fits.filter(({ refusal }) => refusal === null).map(({ resolution }) => resolution);
      const refused = fits.filter(({ refusal }) => refusal !== null);
      const before = (await reviewsBefore(store.read, review)).map((each) => ({ ...each, reference: review.reference }));
      const { reference = '', status = '', provider = '', providerRef = '' } = payment ?? {};
      const about = payment === undefined ? '' : `\nPayment ${reference}, ${status}, ${provider} ${providerRef}`;
      const decided = before.map((each) => `\nDecided before, review ${each.id}: ${reviewLine(each)}`).join('');
      const next = fitting.length === 0 ? '' : `\nDecide with: malipo review resolve ${id} ${fitting.map((each) => `--${each}`).join(' | ')} --note "…"`;
      const notNow = refused.map(({ resolution, refusal }) => `\nNot now: --${resolution}. ${refusal}`).join('');
      return {
        json: { ...reviewJson(review), ...(payment === undefined ? {} : { payment: { reference, status, provider, provider_ref: providerRef } }), resolutions: fitting, refused, decided_before: before.map(reviewJson) },
        text: reviewLine(review) + about + decided + next + notNow,
      };
    }, { existing: true }),
};
