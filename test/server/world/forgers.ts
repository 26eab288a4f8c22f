/** Callbacks that say of a payment nobody has paid yet that it was paid, as somebody would send them who knows everything but the secret. */
import { IOTEC, type IotecSimulator } from '../../simulators/iotec/iotec.ts';
import type { Movement, SimulatedCallback, Simulator } from '../../simulators/simulator.ts';

type Forge = (simulator: Simulator, movement: Movement) => { json: unknown; headers?: Record<string, string> };

const FORGERIES: Readonly<Record<string, Forge>> = {
  iotec: (simulator, movement) => ({ json: (simulator as IotecSimulator).view({ ...movement, status: 'success' }), headers: { [IOTEC.callbackHeader]: 'a guess' } }),
  relworx: (_simulator, { id, reference, amount, currency }) => ({
    json: { status: 'success', customer_reference: reference, internal_reference: id, amount, currency },
    headers: { 'Relworx-Signature': 't=1773489600,v=00ff' },
  }),
  stripe: (_simulator, { id, reference }) => ({
    json: { id: 'evt_forged', object: 'event', type: 'payment_intent.succeeded', data: { object: { id, object: 'payment_intent', status: 'succeeded', metadata: { reference } } } },
    headers: { 'Stripe-Signature': 't=1773489600,v1=00ff' },
  }),
  dgateway: (_simulator, { id, amount, currency }) => ({ json: { event: 'transaction.completed', data: { reference: id, status: 'completed', amount, currency } } }),
  dukuzi: (_simulator, { id, amount, msisdn }) => ({ json: { transaction_id: Number(id), status: 'completed', amount, customer_phone: msisdn } }),
};

export function forged(simulator: Simulator, movement: Movement): SimulatedCallback | null {
  const forge = FORGERIES[simulator.slug];
  if (forge === undefined) return null;
  const { json, headers = {} } = forge(simulator, movement);
  return { body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...headers } };
}
