/** The pages on which a person pays by card: Relworx's own, and one in place of Stripe's form, which takes no simulated key. */
import type { FastifyInstance } from 'fastify';
import type { CardDesk, CardOutcome, Movement } from '../simulator.ts';
import { escaped } from './escaped.ts';
import { page } from './page.ts';
import type { RunningProvider } from './simulators.ts';

/** Of Stripe's test cards. */
const NUMBERS: Readonly<Record<string, string>> = {
  '4242 4242 4242 4242': 'pays',
  '4000 0000 0000 0002': 'is declined',
  '4000 0000 0000 9995': 'has no money',
  '4000 0027 6000 3184': 'has its bank ask first',
};

interface Sale {
  slug: string;
  movement: Movement;
  cards: CardDesk;
}

export function cardPages(app: FastifyInstance, providers: readonly RunningProvider[]): void {
  const saleOf = ({ slug, id }: { slug: string; id: string }): Sale | null => {
    const simulator = providers.find((each) => each.slug === slug)?.simulator;
    const movement = simulator?.books.byId(id, 'collect');
    return simulator?.cards === undefined || movement === undefined ? null : { slug, movement, cards: simulator.cards };
  };
  app.get<{ Params: { slug: string; id: string } }>('/:slug/cards/:id', (request, reply) => {
    const sale = saleOf(request.params);
    if (sale === null) return reply.code(404).send({ error: 'Nothing is paid by card here' });
    return reply.type('text/html; charset=utf-8').send(sale.movement.status === 'pending' ? form(sale) : ended(sale));
  });
  app.post<{ Params: { slug: string; id: string }; Body: URLSearchParams }>('/:slug/cards/:id', (request, reply) => {
    const sale = saleOf(request.params);
    if (sale === null) return reply.code(404).send({ error: 'Nothing is paid by card here' });
    const { cards, movement } = sale;
    const answer = request.body.get('bank');
    const outcome = movement.status !== 'pending' ? null : answer === null ? cards.pay(movement.id, request.body.get('number') ?? '') : cards.answer(movement.id, answer === 'yes');
    return reply.type('text/html; charset=utf-8').send(afterwards(sale, outcome));
  });
}

function afterwards(sale: Sale, outcome: CardOutcome | null): string {
  if (outcome === 'asks') return cardPage(sale, '<p>The bank asks: is it you?</p><form method="post"><button name="bank" value="yes">Yes</button> <button name="bank" value="no">No</button></form>');
  return sale.movement.status === 'pending' && typeof outcome === 'object' && outcome !== null ? form(sale, outcome.declined) : ended(sale);
}

function form(sale: Sale, problem = ''): string {
  const choices = Object.entries(NUMBERS).map(([number, does]) => `<p><button name="number" value="${number}">${number}</button> ${does}</p>`);
  return cardPage(sale, `<p role="alert">${escaped(problem)}</p><form method="post">${choices.join('')}</form>
<form method="post"><label>Another number <input name="number" inputmode="numeric" autocomplete="off" required></label> <button>Pay</button></form>`);
}

/** Where the provider sends the browser away, it posts what the provider gives it, as Relworx's does. */
function ended({ movement, cards, slug }: Sale): string {
  const what = movement.status === 'success' ? 'Paid.' : `Not paid. ${movement.reason}`;
  const back = cards.sendBack(movement.id);
  if (back === null) return cardPage({ movement, cards, slug }, `<p>${escaped(what)} The shop hears of it; go back to its page.</p>`);
  const fields = Object.entries(back.fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
  return cardPage({ movement, cards, slug }, `<p>${escaped(what)}</p><form id="back" method="post" action="${escaped(back.url)}">${fields.join('')}<button>Back to the shop</button></form><script>document.getElementById('back').submit()</script>`);
}

function cardPage({ slug, movement: { currency, amount } }: Sale, content: string): string {
  const price = `${currency} ${amount.toLocaleString('en')}`;
  return page({ title: `Pay by card: ${price}`, rem: 30, content: `<h1>${escaped(price)}</h1><p class="quiet">Simulated in ${escaped(slug)}’s place: no number leaves this machine.</p>${content}` });
}
