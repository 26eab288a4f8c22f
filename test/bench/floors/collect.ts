/** The floor of a collect: the rows it inserts, with values as long as its values, and an answer of as many bytes. */
import { randomUUID } from 'node:crypto';
import { statement } from '../../../server/db/store.ts';
import { type Commits, serveBareRoute } from './bare-route.ts';

const [file, commits] = process.argv.slice(2) as [string, Commits];

const INSERTS = [
  statement(`
    INSERT INTO payments (reference, app_id, mode, method, provider, network, provider_ref, submission, amount_minor, fee_minor,
      currency, phone, description, metadata, created_at, updated_at, expires_at)
    VALUES (:reference, 1, 'test', 'mobile_money', 'iotec', 'mtn', :providerRef, 'sent', :amountMinor, :feeMinor,
      'UGX', :phone, :description, :metadata, :now, :now, :now)`),
  statement(`INSERT INTO jobs (kind, subject, lane, run_at, created_at) VALUES ('payment.check', :subject, 'provider:test:iotec', :now, :now)`),
  statement(`
    INSERT INTO sandbox_prompts (reference, provider_ref, method, phone, network, amount_minor, currency, merchant, description,
      outcome, status, decides_at, created_at, expires_at)
    VALUES (:reference, :providerRef, 'mobile_money', :phone, 'mtn', :amountMinor, 'UGX', 'Bench', :description,
      'approves', 'waiting', :now, :now, :now)`),
  statement(`INSERT INTO jobs (kind, subject, run_at, created_at) VALUES ('sandbox.decide', :reference, :now, :now)`),
];

interface Body {
  amount: number;
  phone_number: string;
  description: string;
  metadata: object;
}

let payments = 0;

await serveBareRoute<Body>(file, commits, {
  path: '/collect',
  inserts: INSERTS,
  take(body) {
    const now = Date.now();
    const unique = now.toString(36).slice(-7) + randomUUID().slice(0, 22);
    const reference = `dgw_${unique}`;
    const providerRef = `sbx_${unique}`;
    const params = {
      reference,
      providerRef,
      amountMinor: body.amount * 100,
      feeMinor: body.amount * 8,
      phone: body.phone_number,
      description: body.description,
      metadata: JSON.stringify(body.metadata),
      subject: `payment:${++payments}`,
      now,
    };
    const data = {
      reference,
      provider: 'iotec',
      provider_ref: providerRef,
      status: 'pending',
      amount: body.amount,
      currency: 'UGX',
      phone_number: body.phone_number,
      raw_response: {},
      client_secret: '',
      stripe_publishable_key: '',
    };
    return { params, answer: { data, message: 'Collection initiated' } };
  },
});
