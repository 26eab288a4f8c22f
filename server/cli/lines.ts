/** Which lines there are on this server, which of them a command means, and how they are printed. */
import type { Config } from '../config.ts';
import { isoTime } from '../core/clock.ts';
import type { LineEvent, LineState } from '../providers/lines/breaker.ts';
import type { Line } from '../providers/lines/lines.ts';
import { networksOf, PROVIDER_SLUGS, type ProviderSlug } from '../providers/capabilities.ts';
import type { Arguments } from './arguments.ts';
import { type Answer, CommandError, type Option } from './command.ts';
import { inWorkspace } from './workspace.ts';

/** The lines of each configured provider and of the sandbox. */
export function linesHere(config: Config): Line[] {
  return PROVIDER_SLUGS.filter((slug) => isHere(slug, config)).flatMap(linesOf);
}

export const LINE_OPTIONS: Readonly<Record<string, Option>> = {
  provider: {
    type: 'text',
    value: 'PROVIDER',
    required: true,
    choices: PROVIDER_SLUGS.filter((slug) => networksOf(slug).length > 0),
    about: 'whose line; sandbox carries all test payments',
  },
  network: { type: 'text', value: 'NETWORK', required: true, about: 'mtn, airtel, safaricom, telkom, vodacom, yas, halotel or ttcl' },
  currency: { type: 'text', value: 'CURRENCY', about: 'only in this currency, where the network has several' },
};

/** Tells the lines that the arguments mean what the operator has decided. */
export function decide(args: Arguments, event: LineEvent, inWords: (names: string) => string): Promise<Answer> {
  return inWorkspace(async ({ config, lines, store }) => {
    const meant = linesMeant(args, config);
    const decided = await store.write(async (tx) => {
      const done = [];
      for (const line of meant) done.push({ line, state: await lines.applyIn(tx, line, event) });
      return done;
    });
    return { json: { lines: decided.map(({ line, state }) => lineJson(line, state)) }, text: inWords(meant.map(lineName).join(', ')) };
  });
}

export function lineJson({ provider, network, currency }: Line, { status, failingSince, lastError, nextTrialAt, lastCheckAt }: LineState): object {
  return {
    provider,
    network,
    currency,
    status,
    failing_since: timeOrNull(failingSince),
    last_error: lastError,
    next_trial_at: timeOrNull(nextTrialAt),
    last_check_at: timeOrNull(lastCheckAt),
  };
}

export function lineName({ provider, network, currency }: Line): string {
  return `${provider} ${network} ${currency}`;
}

function linesMeant(args: Arguments, config: Config): Line[] {
  const slug = args.text('provider') as ProviderSlug;
  const network = args.text('network');
  const currency = args.optional('currency');
  if (!isHere(slug, config)) {
    throw new CommandError('PROVIDER_ERROR', `Provider ${slug} is not configured; test payments take the lines of the sandbox`);
  }
  const meant = linesOf(slug).filter((line) => line.network === network && (currency === undefined || line.currency === currency));
  if (meant.length > 0) return meant;
  throw new CommandError('NOT_FOUND', `There is no such line; those of ${slug} are ${linesOf(slug).map((line) => `${line.network} ${line.currency}`).join(', ')}`);
}

function linesOf(slug: ProviderSlug): Line[] {
  return networksOf(slug).map((reached) => ({ provider: slug, ...reached }));
}

function isHere(slug: ProviderSlug, { providers }: Config): boolean {
  return slug === 'sandbox' || providers[slug] !== null;
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
