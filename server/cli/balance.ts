import { toMajor } from '../core/money.ts';
import { PROVIDER_SLUGS, type ProviderSlug } from '../providers/capabilities.ts';
import { balancesOf, type ProviderBalance } from '../reconciliation/balances.ts';
import { inWords } from '../shop/amount-input.ts';
import { type Command, CommandError } from './command.ts';
import { columns } from './help.ts';
import { askableProviders, configuredProvider } from './providers.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {
    provider: { type: 'text', value: 'PROVIDER', choices: PROVIDER_SLUGS.filter((slug) => slug !== 'sandbox'), about: 'this one alone; all that are configured when absent' },
  },
  notes: 'Shows what each provider says that it holds, beside what the books say that payments left there. What it keeps as its own charge, and what you put in or took out there, is the difference. Reads only. Exits with 1 when a provider gives no answer.',
  run: (args) =>
    inWorkspace(async ({ config, store }) => {
      const named = args.optional('provider') as ProviderSlug | undefined;
      const providers = named === undefined ? [...(await askableProviders(config))] : [[named, await configuredProvider(config, named)] as const];
      if (providers.length === 0) throw new CommandError('PROVIDER_ERROR', 'No provider is configured');
      const balances = (await Promise.all(providers.map(([slug, provider]) => balancesOf(store.read, slug, provider)))).flat();
      return {
        json: { balances: balances.map(balanceJson) },
        text: columns(balances.map((each) => [`${each.provider} ${each.currency}${each.mode === 'test' ? ' (test)' : ''}`, balanceInWords(each)])).join('\n'),
        exitCode: balances.some(({ problem }) => problem !== null) ? 1 : 0,
      };
    }, { existing: true }),
};

function balanceJson({ provider, mode, currency, thereMinor, hereMinor, problem }: ProviderBalance): object {
  const majorOrNull = (minor: number | null) => (minor === null ? null : toMajor(minor));
  return { provider, mode, currency, there: majorOrNull(thereMinor), here: toMajor(hereMinor), difference: majorOrNull(thereMinor === null ? null : thereMinor - hereMinor), problem };
}

function balanceInWords({ currency, thereMinor, hereMinor, problem }: ProviderBalance): string {
  const here = inWords(hereMinor, currency);
  if (problem !== null) return `gives no answer (${problem}), here ${here}`;
  if (thereMinor === null) return `does not say, here ${here}`;
  if (thereMinor === hereMinor) return `${here}: the same`;
  const by = inWords(Math.abs(thereMinor - hereMinor), currency);
  return `there ${inWords(thereMinor, currency)}, here ${here}: ${by} ${thereMinor > hereMinor ? 'more' : 'less'} there`;
}
