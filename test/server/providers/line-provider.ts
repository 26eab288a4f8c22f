import type { NetworkId } from '../../../server/core/number-plans.ts';
import type { CollectRequest, DisburseRequest, LineCheck, Provider, Submission } from '../../../server/providers/provider.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

/** A live provider whose networks go dead and come back as a test says, and that can be asked how they are. */
export class LineProvider extends ScriptedProvider implements Provider {
  readonly checked: string[] = [];
  readonly #dead = new Set<NetworkId>();
  #check: (network: NetworkId) => Promise<LineCheck> | LineCheck = (network) => (this.#dead.has(network) ? { down: 'no answer from the network' } : 'up');

  constructor(slug = 'iotec') {
    super(slug);
    this.answersCollect((request) => this.#answer(request)).answersDisburse((request) => this.#answer(request));
  }

  goesDead(...networks: NetworkId[]): void {
    for (const network of networks) this.#dead.add(network);
  }

  comesBack(...networks: NetworkId[]): void {
    for (const network of networks) this.#dead.delete(network);
  }

  answersCheck(check: (network: NetworkId) => Promise<LineCheck> | LineCheck): this {
    this.#check = check;
    return this;
  }

  async check({ network, currency }: { network: NetworkId; currency: string }): Promise<LineCheck> {
    this.checked.push(`${network} ${currency}`);
    return this.#check(network);
  }

  #answer({ network, reference }: CollectRequest | DisburseRequest): Submission {
    if (network !== '' && this.#dead.has(network)) return { kind: 'unknown', reason: 'connect ECONNREFUSED 10.1.2.3:8443' };
    return { kind: 'accepted', providerRef: `their-${reference}` };
  }
}
