import { isoTime, systemClock } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import { PROVIDER_SLUGS, type ProviderSlug } from '../providers/capabilities.ts';
import { standingOf } from '../reconciliation/differences.ts';
import type { Difference } from '../reconciliation/reconcile.ts';
import { reconcile } from '../reconciliation/reconcile.ts';
import type { Review } from '../reviews/reviews.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { columns } from './help.ts';
import { configuredProvider } from './providers.ts';
import { readTime } from './time.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    provider: { type: 'text', value: 'PROVIDER', required: true, choices: PROVIDER_SLUGS.filter((slug) => slug !== 'sandbox'), about: 'whose books' },
    from: { type: 'text', value: 'TIME', required: true, about: 'such as 2026-03-14 (its beginning, UTC), 2026-03-14T00:00:00+03:00 or 36h (ago)' },
    to: { type: 'text', value: 'TIME', about: 'until when, exclusive; now when absent' },
  },
  notes: 'Compares what the provider says of that time with the payments, the withdrawals, the refunds and the ledger. A second movement under one reference, which ioTec does not refuse, is one that is missing here. Reads only. Exits with 1 and a list when they differ, also where a person has decided about it: then the review is named beside it.',
  run: (args) => {
    const now = systemClock.now();
    const slug = args.text('provider') as ProviderSlug;
    const span = { from: readTime('from', args.text('from'), now), until: readTime('to', args.optional('to') ?? '0h', now) };
    if (span.from >= now) throw new UsageError(`--from must be in the past, and ${isoTime(span.from)} is not`);
    if (span.from >= span.until) throw new UsageError('--from must be before --to');
    return inWorkspace(async ({ config, store }) => {
      const provider = await configuredProvider(config, slug);
      const { compared, asked, differences } = await reconcile(store.read, provider, span, systemClock).catch((cause: unknown) => {
        throw new CommandError('PROVIDER_ERROR', cause instanceof Error ? cause.message : String(cause), { cause });
      });
      const ok = differences.length === 0;
      return {
        json: { ok, provider: slug, from: isoTime(span.from), to: isoTime(span.until), compared, asked, differences: differences.map(differenceJson) },
        text: [
          `${compared} compared from ${isoTime(span.from)} to ${isoTime(span.until)}, ${asked} of them asked about one by one.`,
          ...(ok ? [`OK: ${slug} and Malipo agree.`] : [`${differences.length} differ:`, ...columns(differences.map((each) => [each.kind, inWords(each)]))]),
        ].join('\n'),
        exitCode: ok ? 0 : 1,
      };
    }, { existing: true });
  },
};

function differenceJson({ kind, here, there, entry, review }: Difference): object {
  return {
    kind,
    direction: here?.direction ?? entry?.direction,
    reference: here?.reference ?? entry?.reference ?? '',
    provider_ref: there?.providerRef || (here?.providerRef ?? ''),
    here: here && { app: here.app, status: standingOf(here), ...moneyJson(here), booked: toMajor(here.bookedMinor), created_at: isoTime(here.createdAt) },
    there: there && { status: there.status, ...moneyJson(there), ...(entry === null ? {} : { at: isoTime(entry.at) }) },
    review: review && { id: review.id, kind: review.kind, resolution: review.resolution },
  };
}

function moneyJson({ amountMinor, currency }: { amountMinor?: number; currency?: string }): object {
  return amountMinor === undefined ? {} : { amount: toMajor(amountMinor), currency };
}

function inWords({ kind, here, there, entry, review }: Difference): string {
  const name = [here?.direction ?? entry?.direction, here?.reference || entry?.reference || there?.providerRef].join(' ');
  const ours = here === null ? 'nothing here' : `here ${standingOf(here)}, ${money(here)}${kind === 'ledger' ? `, the ledger moved ${toMajor(here.bookedMinor)}` : ''}`;
  const theirs = there === null ? 'nothing there' : `there ${[there.status.replace('_', ' '), money(there)].filter(Boolean).join(', ')}`;
  return `${name}: ${ours}; ${theirs}${review === null ? '' : ` (review ${review.id} ${reviewInWords(review)})`}`;
}

function reviewInWords({ resolvedAt, resolution }: Review): string {
  return resolvedAt === null ? 'waits for you' : `is decided: ${resolution}`;
}

function money({ amountMinor, currency }: { amountMinor?: number; currency?: string }): string {
  return amountMinor === undefined ? '' : `${toMajor(amountMinor)} ${currency}`;
}
