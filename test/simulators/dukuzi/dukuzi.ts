/** Dukuzi as its API reference describes it: integer ids, flat errors, East Africa Time, nothing of its merchant's kept. */
import { eastAfricaTime, HOUR_MS } from '../../../server/core/clock.ts';
import { Books, jsonBody, type Movement, type SimulatedAnswer, type SimulatedRequest, type Simulator, type SimulatorDeps } from '../simulator.ts';

export const DUKUZI = { apiKey: 'simulated-dukuzi-site-key', productId: 7 } as const;

/** The site's products and what they cost; null: whatever is asked for. */
export const DUKUZI_PRODUCTS: ReadonlyMap<unknown, number | null> = new Map([
  [DUKUZI.productId, null],
  [12, null],
  [16, 25_000],
]);

const TZS_MIN = 100;
const EXPIRES_AFTER_MS = 4 * HOUR_MS;

const STATUS: Readonly<Record<Movement['status'], string>> = { pending: 'pending', vendor: 'pending', success: 'completed', failed: 'failed', reversed: 'failed' };

export class DukuziSimulator implements Simulator {
  readonly slug = 'dukuzi';
  readonly books: Books;
  readonly #clock: SimulatorDeps['clock'];
  /** Answers the next payment with its gateway error. */
  nextError: string | null = null;

  constructor({ clock, tell }: SimulatorDeps) {
    this.#clock = clock;
    // Its ids are whole numbers.
    this.books = new Books(clock, { prefix: '1' });
    this.books.onMove((movement) => {
      if (movement.status === 'pending' || movement.status === 'vendor') return;
      const { transaction_id, status, amount, completed_at } = this.#view(movement);
      tell?.({ body: JSON.stringify({ transaction_id, status, amount, customer_phone: movement.msisdn, completed_at }), headers: { 'content-type': 'application/json' } });
    });
  }

  handle(request: SimulatedRequest): SimulatedAnswer {
    const { method, path, headers } = request;
    const route = path.replace(/^\/api-proxy\.php/, '');
    if (headers['x-api-key'] !== DUKUZI.apiKey) return no(401, 'Invalid or missing API key');
    if (method === 'POST' && route === '/create-payment') return this.#create(jsonBody(request));
    const [, id] = /^\/transaction\/(\d+)$/.exec(route) ?? [];
    const found = method === 'GET' && id !== undefined ? this.books.byId(id) : undefined;
    return found === undefined ? no(404, 'Transaction not found') : { status: 200, json: this.#view(found) };
  }

  #create({ phone_number, amount, product_id, customer_name }: Record<string, unknown>): SimulatedAnswer {
    if (this.nextError !== null) {
      const error = this.nextError;
      this.nextError = null;
      return no(502, error);
    }
    if (typeof phone_number !== 'string' || !/^255\d{9}$/.test(phone_number)) return no(400, 'Invalid phone number. Use 255XXXXXXXXX');
    if (!Number.isInteger(amount) || (amount as number) < TZS_MIN) return no(400, `Minimum amount is TZS ${TZS_MIN}`);
    const price = DUKUZI_PRODUCTS.get(product_id);
    if (price === undefined) return no(400, 'Invalid product');
    if (price !== null && price !== amount) return no(400, 'Amount does not match the price of the product');
    if (customer_name !== undefined && typeof customer_name !== 'string') return no(400, 'Invalid customer name');
    const temper = this.books.temper();
    if (temper === 'refuses') return no(400, 'The network does not serve this number');
    const movement = this.books.open({ reference: '', direction: 'collect', amount: amount as number, currency: 'TZS', msisdn: phone_number });
    if (temper === 'fails') {
      this.books.decline(movement, 'Payment provider error');
      return no(502, movement.reason);
    }
    return { status: 200, json: { success: true, transaction_id: Number(movement.id), status: 'pending', message: 'Payment initiated. Customer will receive USSD push.' } };
  }

  #view({ id, status, reported, createdAt, endedAt }: Movement) {
    const isExpired = STATUS[status] === 'pending' && this.#clock.now() >= createdAt + EXPIRES_AFTER_MS;
    return {
      transaction_id: Number(id),
      status: isExpired ? 'expired' : STATUS[status],
      amount: reported.amount,
      currency: reported.currency,
      created_at: eastAfricaTime(createdAt),
      completed_at: status === 'success' && endedAt !== null ? eastAfricaTime(endedAt) : null,
    };
  }
}

function no(status: number, error: string): SimulatedAnswer {
  return { status, json: { error } };
}
