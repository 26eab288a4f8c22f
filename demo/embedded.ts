/**
 * A shop that exists already, with Malipo inside it: its own routes, and the whole checkout below `/payments`.
 *
 *     node demo/embedded.ts
 */
import Fastify from 'fastify';
import { malipo } from 'malipo/server';

const shop = Fastify();

await shop.register(malipo, {
  prefix: '/payments',
  env: { DATABASE_URL: 'file:./data/embedded.db', ...process.env },
});

// Once: an app of one's own to sell under, and something to sell.
const { apps, items } = shop.malipo;
const app = (await apps.bySlug('corner-shop')) ?? (await apps.create({ name: 'Corner Shop', slug: 'corner-shop' })).app;
const tea = (await items.bySlug('chai')) ?? (await items.createProduct({ appId: app.id, slug: 'chai', name: 'Chai, 500 g', currency: 'UGX', amount: 12_000 }));

shop.get('/', async (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Corner Shop</title>
<script type="module" src="/payments/pay-button.js"></script>
<h1>${tea.name}</h1>
<pay-button item="${tea.slug}"><a href="/payments/pay/${tea.slug}">Buy</a></pay-button>
`),
);

const address = await shop.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' });
console.log(`The shop is running at ${address}, its payments at ${address}/payments`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void shop.close());
