import type { Command } from './command.ts';

interface Entry {
  summary: string;
  load(): Promise<{ command: Command }>;
}

/** Every command. A command's file, and all it stands on, is loaded only when it is asked for. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: { summary: 'run the server', load: () => import('./serve.ts') },
  'app create': { summary: 'make an app with its live key, test key and webhook secret', load: () => import('./app-create.ts') },
  'key create': { summary: 'make another API key for an app', load: () => import('./key-create.ts') },
  'key list': { summary: 'list API keys by their prefix', load: () => import('./key-list.ts') },
  'key revoke': { summary: 'make an API key useless, at once', load: () => import('./key-revoke.ts') },
  'product create': { summary: 'add a product with a price', load: () => import('./product-create.ts') },
  'link create': { summary: 'add a payment link, of a fixed amount or one the buyer chooses', load: () => import('./link-create.ts') },
  'item list': { summary: "list an app's products and links", load: () => import('./item-list.ts') },
  'line list': { summary: 'show how the line to each network is', load: () => import('./line-list.ts') },
  'line open': { summary: 'take a line out of service', load: () => import('./line-open.ts') },
  'line close': { summary: 'put a line back into service', load: () => import('./line-close.ts') },
  'withdrawal list': { summary: 'list the withdrawals that wait, for you or for a provider', load: () => import('./withdrawal-list.ts') },
  'withdrawal paid': { summary: 'say that a bank transfer was made', load: () => import('./withdrawal-paid.ts') },
  'withdrawal reject': { summary: 'refuse a bank transfer, and put its amount back in the wallet', load: () => import('./withdrawal-reject.ts') },
  'refund create': { summary: 'give money of a completed payment back, all or a part', load: () => import('./refund-create.ts') },
  'refund list': { summary: 'list refunds', load: () => import('./refund-list.ts') },
  'refund show': { summary: 'show how a refund stands', load: () => import('./refund-show.ts') },
  'review list': { summary: 'list what waits for your decision', load: () => import('./review-list.ts') },
  'review show': { summary: 'show a review, and what can be decided', load: () => import('./review-show.ts') },
  'review resolve': { summary: 'decide about a review', load: () => import('./review-resolve.ts') },
  'webhook list': { summary: 'list webhook deliveries, and the addresses that fail', load: () => import('./webhook-list.ts') },
  'webhook show': { summary: 'show what a delivery says, and every attempt of it', load: () => import('./webhook-show.ts') },
  'webhook set': { summary: "change an app's webhook address, format or signature", load: () => import('./webhook-set.ts') },
  'webhook enable': { summary: 'deliver to a disabled address again', load: () => import('./webhook-enable.ts') },
  'webhook replay': { summary: 'deliver again: one delivery, or what an app missed', load: () => import('./webhook-replay.ts') },
  'webhook secret rotate': { summary: 'give an app a new webhook secret', load: () => import('./webhook-secret-rotate.ts') },
  verify: { summary: 'check every rule of the ledger and of the payments', load: () => import('./verify.ts') },
  reconcile: { summary: "compare a provider's own history with the payments and the ledger", load: () => import('./reconcile.ts') },
  balance: { summary: 'show what each provider says it holds, beside the books', load: () => import('./balance.ts') },
  name: { summary: "show under what name a number's wallet is registered", load: () => import('./name.ts') },
  migrate: { summary: 'move everything from one database to another: a file, or PostgreSQL', load: () => import('./migrate.ts') },
  backup: { summary: 'write a consistent copy of the database while it is in use', load: () => import('./backup.ts') },
};
