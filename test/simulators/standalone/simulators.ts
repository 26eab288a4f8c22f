/** Every simulated provider on this machine, calling back to a Malipo, with a page for whoever plays the customers. */
import { type Clock, systemClock } from '../../../server/core/clock.ts';
import { CONTESTANTS } from '../../server/providers/contract/contestants.ts';
import type { FaultyLine } from '../faults.ts';
import { overHttp } from '../http-shell.ts';
import type { SimulatedCallback, Simulator } from '../simulator.ts';
import { controlPage } from './control-page.ts';

export interface RunningProvider {
  slug: string;
  url: string;
  simulator: Simulator;
  line: FaultyLine;
}

export interface RunningSimulators {
  /** Where a person approves and declines. */
  controlUrl: string;
  providers: readonly RunningProvider[];
  /** The environment of a server that uses them. */
  env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** On `port` the page, on those after it a provider each; 0 takes any that are free. */
export async function startSimulators({ port, malipoUrl, clock = systemClock }: { port: number; malipoUrl: string; clock?: Clock }): Promise<RunningSimulators> {
  const providers: RunningProvider[] = [];
  const page = controlPage(providers);
  const controlUrl = await page.listen({ host: '127.0.0.1', port });
  const closing: (() => Promise<void>)[] = [async () => void (await page.close())];
  // Relworx signs the address it calls, so the server has to know its own.
  let env: Record<string, string> = { PUBLIC_URL: malipoUrl };
  for (const [index, contestant] of CONTESTANTS.entries()) {
    const { slug } = contestant;
    const callbackUrl = `${malipoUrl}/v1/webhooks/${slug}`;
    const simulator = contestant.simulator({
      clock,
      callbackUrl,
      cardPages: `${controlUrl}/${slug}/cards`,
      returnUrl: `${malipoUrl}/return/${slug}`,
      tell: (callback) => void callBack(callbackUrl, callback),
    });
    const { url, line, close } = await overHttp(simulator, { port: port === 0 ? 0 : port + 1 + index });
    providers.push({ slug, url, simulator, line });
    closing.push(close);
    env = { ...env, ...contestant.env(url) };
  }
  return { controlUrl, providers, env, close: async () => void (await Promise.all(closing.map((close) => close()))) };
}

/** Sent once: a server that is not there hears of it when it asks. */
async function callBack(url: string, { headers, body }: SimulatedCallback): Promise<void> {
  try {
    await fetch(url, { method: 'POST', headers, body });
  } catch (error) {
    console.error(`${url} did not take a callback: ${String(error)}`);
  }
}
