import { isoTime } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import { latestReviews, openReviews, type Report, type Reported } from '../reviews/reviews.ts';
import { named, type NamedReview, nameOf } from '../reviews/subject.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: { all: { type: 'flag', about: 'the latest, also those that were decided' } },
  notes: 'What a provider says and nobody may guess at: another amount than agreed, money that left after all, a payment taken back. And what was sold once and paid twice: refund one of the two, and dismiss this.',
  run: (args) =>
    inWorkspace(async ({ store }) => {
      const found = args.flag('all') ? await latestReviews(store.read) : await openReviews(store.read);
      const list = await Promise.all(found.map((review) => named(store.read, review)));
      return {
        json: { reviews: list.map(reviewJson) },
        text: list.length === 0 ? 'Nothing waits for you.' : columns(list.map((review) => [String(review.id), reviewLine(review)])).join('\n'),
      };
    }, { existing: true }),
};

export function reviewJson(review: NamedReview): object {
  const { id, subject, reference, kind, createdAt, resolvedAt, resolution, note } = review;
  const { agreed, reported, earlier = [], shortfall_minor, paid_beside } = JSON.parse(review.detail) as Partial<Reported>;
  return {
    id,
    subject,
    reference,
    kind,
    agreed: agreed === undefined ? null : { amount: toMajor(agreed.amount_minor), currency: agreed.currency },
    reported: reported === undefined ? null : reportJson(reported),
    ...(earlier.length === 0 ? {} : { reported_before: earlier.map(reportJson) }),
    ...(shortfall_minor === undefined ? {} : { shortfall: toMajor(shortfall_minor) }),
    ...(paid_beside === undefined ? {} : { paid_beside }),
    created_at: isoTime(createdAt),
    resolved_at: resolvedAt === null ? null : isoTime(resolvedAt),
    resolution,
    note,
  };
}

function reportJson({ amount_minor, currency, provider_ref, at }: Report): object {
  return { amount: toMajor(amount_minor), currency, provider_ref, ...(at === undefined ? {} : { at: isoTime(at) }) };
}

export function reviewLine(review: NamedReview): string {
  const { kind, detail, createdAt, resolution, note } = review;
  const { agreed, reported, earlier = [], shortfall_minor, paid_beside } = JSON.parse(detail) as Partial<Reported>;
  const money = (of: { amount_minor: number; currency: string }) => `${of.currency} ${toMajor(of.amount_minor).toLocaleString('en')}`;
  const facts = [
    ...(agreed === undefined ? [] : [`agreed ${money(agreed)}`]),
    ...(reported === undefined ? [] : [`reported ${money(reported)}`]),
    ...(earlier.length === 0 ? [] : [`before that ${earlier.map(money).join(', ')}`]),
    ...(shortfall_minor === undefined || agreed === undefined ? [] : [`short of ${money({ ...agreed, amount_minor: shortfall_minor })}`]),
    ...(paid_beside === undefined ? [] : [`paid beside ${paid_beside}`]),
  ];
  const end = resolution === '' ? '' : `; ${resolution}: ${note}`;
  return `${nameOf(review)} ${kind}, ${facts.join(', ')}, since ${isoTime(createdAt)}${end}`;
}
