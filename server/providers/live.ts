/** The providers that this server has credentials for. An adapter is loaded only where it is configured. */
import type { Config } from '../config.ts';
import type { Clock } from '../core/clock.ts';
import type { ProviderSlug } from './capabilities.ts';
import { providerHttp, type SendHttp } from './http.ts';
import type { Provider } from './provider.ts';
import { tellingToMend, type TellToMend } from './to-mend.ts';
import { tellingWhenUnreachable } from './unreachable.ts';

/** What an adapter tells its operator: what to fix, never a secret, a phone number or a provider's whole answer. */
export interface ProviderLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What every adapter is given beside its own part of the configuration. */
export interface AdapterDeps {
  http: SendHttp;
  clock: Clock;
  log: ProviderLog;
  /** What to mend before it can be used is said by this, however often it is found out. */
  tellToMend: TellToMend;
  /** Where this provider's callbacks are to be sent, as its own settings should have it; null while `PUBLIC_URL` is not set. */
  callbackUrl: string | null;
}

/** An adapter for each provider whose variables are set. */
export async function configuredProviders(
  { providers: config, publicUrl }: Pick<Config, 'providers' | 'publicUrl'>,
  { clock, log, http = () => providerHttp(clock) }: { clock: Clock; log: ProviderLog; http?: (slug: ProviderSlug) => SendHttp },
): Promise<Map<ProviderSlug, Provider>> {
  const live = new Map<ProviderSlug, Provider>();
  for (const [slug, load] of Object.entries(ADAPTERS) as [ProviderSlug, AdapterLoader][]) {
    const adapter = await load(config, () => ({ http: tellingWhenUnreachable(http(slug), { slug, clock, log }), clock, log, tellToMend: tellingToMend({ slug, clock, log }), callbackUrl: publicUrl && `${publicUrl}/v1/webhooks/${slug}` }));
    if (adapter !== null) live.set(slug, adapter);
  }
  return live;
}

type AdapterLoader = (config: Config['providers'], deps: () => AdapterDeps) => Promise<Provider | null>;

const ADAPTERS: Partial<Record<ProviderSlug, AdapterLoader>> = {
  iotec: async ({ iotec }, deps) => iotec && new (await import('./iotec/iotec.ts')).Iotec(iotec, deps()),
  relworx: async ({ relworx }, deps) => relworx && new (await import('./relworx/relworx.ts')).Relworx(relworx, deps()),
  stripe: async ({ stripe }, deps) => stripe && new (await import('./stripe/stripe.ts')).StripeAdapter(stripe, deps()),
  dgateway: async ({ dgateway }, deps) => dgateway && new (await import('./dgateway/dgateway.ts')).Dgateway(dgateway, deps()),
  dukuzi: async ({ dukuzi }, deps) => dukuzi && new (await import('./dukuzi/dukuzi.ts')).Dukuzi(dukuzi, deps()),
};
