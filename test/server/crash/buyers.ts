/** Buyers who go on paying until the server dies, and who ask again, as real clients do, what they got no answer to. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { type Acknowledged, acknowledgedIn, drawPurchase, type Purchase, type Shop } from './shop.ts';

/** How many ask at once, each on a connection of its own that is kept alive. */
const BUYERS = 8;

/** Whoever is told that the same request still runs asks again, and the server that runs it may be dead. */
const STILL_RUNNING = 409;
const ASK_AGAIN_AFTER_MS = 200;

/** One in so many asks twice at the same time, as an impatient finger or a retrying proxy does. */
const TWIN_IN = 10;

export interface Promised {
  purchase: Purchase;
  acknowledged: Acknowledged;
  /** Answered by the request that created it; else by one that asked again after a crash. */
  atOnce: boolean;
}

export class Buyers {
  /** By the purchase's name. */
  readonly promised = new Map<string, Promised>();
  /** Asked, and cut off before the answer: who knows. */
  readonly cutOff = new Map<string, Purchase>();
  readonly #shop: Shop;
  readonly #chance: Chance;
  #drawn = 0;

  constructor(shop: Shop, chance: Chance) {
    this.#shop = shop;
    this.#chance = chance;
  }

  /** Asks as fast as answers come until the server is gone; what was cut off before comes first. */
  async buyUntilCutOff(url: string): Promise<void> {
    const again = [...this.cutOff.values()];
    await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        while (await this.#ask(url, again.pop() ?? this.#draw()));
      }),
    );
  }

  /** Asks again everything that was cut off, until it is answered; the server stays up. */
  async askAgain(url: string): Promise<void> {
    while (this.cutOff.size > 0) {
      for (const purchase of [...this.cutOff.values()]) {
        if (!(await this.#ask(url, purchase))) throw new Error(`The server did not answer ${purchase.name}`);
      }
      if (this.cutOff.size > 0) await sleep(ASK_AGAIN_AFTER_MS);
    }
  }

  /** Asks again some of what was acknowledged: the same payment must be answered. */
  async askForSomeTwice(url: string, count: number): Promise<void> {
    const all = [...this.promised.values()];
    for (let asked = 0; asked < count && all.length > 0; asked++) {
      if (!(await this.#ask(url, this.#chance.oneOf(all).purchase))) throw new Error('The server did not answer');
    }
  }

  /** As a merchant's server does that polls. */
  async askAbout(url: string, reference: string): Promise<void> {
    const headers = { 'content-type': 'application/json', 'x-api-key': this.#shop.testKey };
    const { status } = await fetch(`${url}/v1/webhooks/verify`, { method: 'POST', headers, body: JSON.stringify({ reference }) });
    if (status !== 200) throw new Error(`Asked about ${reference}, the server answered ${status}`);
  }

  #draw(): Purchase {
    return drawPurchase(this.#chance, this.#shop, `purchase-${++this.#drawn}`);
  }

  /** False when the server is gone. */
  async #ask(url: string, purchase: Purchase): Promise<boolean> {
    const isNew = !this.promised.has(purchase.name) && !this.cutOff.has(purchase.name);
    if (isNew) this.cutOff.set(purchase.name, purchase);
    const requests = this.#chance.below(TWIN_IN) === 0 ? 2 : 1;
    const answers = await Promise.all(Array.from({ length: requests }, () => send(url, purchase)));
    for (const answer of answers) {
      if (answer !== null && answer !== STILL_RUNNING) this.#keep(purchase, acknowledgedIn(answer), isNew);
    }
    return !answers.includes(null);
  }

  #keep(purchase: Purchase, acknowledged: Acknowledged, atOnce: boolean): void {
    this.cutOff.delete(purchase.name);
    const before = this.promised.get(purchase.name);
    if (before === undefined) {
      this.promised.set(purchase.name, { purchase, acknowledged, atOnce });
    } else if (JSON.stringify(before.acknowledged) !== JSON.stringify(acknowledged)) {
      throw new Error(`${purchase.name} was acknowledged as ${JSON.stringify(before.acknowledged)} and as ${JSON.stringify(acknowledged)}`);
    }
  }
}

/** The answer's body; STILL_RUNNING; or null when the connection broke before all of it was here. */
async function send(url: string, { path, headers, body }: Purchase): Promise<unknown> {
  let status: number;
  let answer: unknown;
  try {
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    status = response.status;
    answer = await response.json();
  } catch {
    return null;
  }
  if (status === STILL_RUNNING) return STILL_RUNNING;
  if (status !== 200 && status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  return answer;
}
