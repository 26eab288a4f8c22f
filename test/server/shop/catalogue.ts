import { Items } from '../../../server/shop/items.ts';
import { merchant } from '../access/merchant.ts';

/** An empty catalogue of one app. */
export async function catalogue() {
  const { store, clock, apps, apiKeys, app } = await merchant();
  return { store, apps, apiKeys, app, appId: app.id, items: new Items({ store, clock }) };
}
