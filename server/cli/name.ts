import { loadConfig } from '../config.ts';
import { COUNTRIES } from '../core/number-plans.ts';
import { parsePhone } from '../core/phone.ts';
import { PROVIDER_SLUGS, type ProviderSlug } from '../providers/capabilities.ts';
import { type Command, CommandError } from './command.ts';
import { configuredProvider } from './providers.ts';

export const command: Command = {
  options: {
    provider: { type: 'text', value: 'PROVIDER', required: true, choices: PROVIDER_SLUGS.filter((slug) => slug !== 'sandbox'), about: 'who is asked; relworx tells it of Ugandan numbers' },
    phone: { type: 'text', value: 'PHONE', required: true, about: 'such as 256772123456; without its country it is a Ugandan one' },
  },
  notes: 'Shows under what name a number’s wallet is registered, before something is paid out to it by hand. Keeps nothing.',
  run: async (args) => {
    const slug = args.text('provider') as ProviderSlug;
    const phone = COUNTRIES.map((country) => parsePhone(args.text('phone'), country)).find((msisdn) => msisdn !== null);
    if (phone === undefined) throw new CommandError('INVALID_PHONE', '--phone must be a number such as 256772123456 or 0772123456');
    const provider = await configuredProvider(loadConfig(process.env), slug);
    if (provider.nameOf === undefined) throw new CommandError('INVALID_PROVIDER', `${slug} does not tell in whose name a number is`);
    const name = await provider.nameOf(phone).catch((cause: unknown) => {
      throw new CommandError('PROVIDER_ERROR', `${slug} gives no answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    if (name === null) throw new CommandError('NOT_FOUND', `${slug} does not know in whose name the number is`);
    return { json: { provider: slug, phone, name }, text: name };
  },
};
