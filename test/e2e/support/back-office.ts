/** What the merchant's own server and the network see, over HTTP like anybody else. */
import type { MalipoServer } from './malipo-server.ts';

export interface Transaction {
  reference: string;
  status: string;
  provider: string;
  amount: number;
  platform_fee: number;
  net_amount: number;
  currency: string;
  phone_number: string;
  failure_reason: string;
  is_test: boolean;
  completed_at: string | null;
}

export interface PhonePrompt {
  reference: string;
  amount: number;
  currency: string;
  network: string;
  status: string;
}

export class BackOffice {
  readonly #server: MalipoServer;

  constructor(server: MalipoServer) {
    this.#server = server;
  }

  /** A payment as the merchant's server is told of it. */
  transaction(reference: string): Promise<Transaction> {
    const headers = { 'X-Api-Key': this.#server.testKey };
    return this.#data(`/v1/payments/transactions/${reference}`, { headers });
  }

  /** Every request for money that reached this phone. */
  prompts(phone: string): Promise<PhonePrompt[]> {
    return this.#data(`/sandbox/phone/prompts?${String(new URLSearchParams({ phone }))}`);
  }

  /** The buyer approves on a phone that is not on the page. */
  approveElsewhere(reference: string): Promise<void> {
    return this.#answer(reference, { action: 'approve', pin: '1234' });
  }

  declineElsewhere(reference: string): Promise<void> {
    return this.#answer(reference, { action: 'decline' });
  }

  async #answer(reference: string, answer: { action: string; pin?: string }): Promise<void> {
    await this.#data(`/sandbox/phone/prompts/${reference}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(answer),
    });
  }

  async #data<Data>(path: string, init: RequestInit = {}): Promise<Data> {
    const response = await fetch(`${this.#server.url}${path}`, init);
    const { data, message } = (await response.json()) as { data: Data; message?: string };
    if (!response.ok) throw new Error(`${path}: ${response.status} ${message ?? ''}`);
    return data;
  }
}
