/** The page on which a person is everybody's customer: approves, declines, takes back, and breaks the line. */
import Fastify, { type FastifyInstance } from 'fastify';
import { SECOND_MS } from '../../../server/core/clock.ts';
import type { Fault } from '../faults.ts';
import type { Movement } from '../simulator.ts';
import { cardPages } from './card-page.ts';
import { escaped } from './escaped.ts';
import { page } from './page.ts';
import type { RunningProvider } from './simulators.ts';

type Act = (provider: RunningProvider, movement: Movement) => void;

const ACTS: Readonly<Record<string, Act>> = {
  approve: ({ simulator }, movement) => simulator.books.approve(movement),
  decline: ({ simulator }, movement) => simulator.books.decline(movement, 'Declined by the customer'),
  'no money': ({ simulator }, movement) => simulator.books.decline(movement, 'Insufficient funds'),
  'pay half': ({ simulator }, movement) => {
    movement.reported = { ...movement.reported, amount: movement.amount / 2 };
    simulator.books.approve(movement);
  },
  reverse: ({ simulator }, movement) => simulator.books.reverse(movement, 'Taken back by the network'),
  'find it paid': ({ simulator }, movement) => simulator.books.findPaid(movement),
  'call back again': ({ simulator }, movement) => simulator.books.tellAgain(movement),
};

const POSSIBLE: Readonly<Record<Movement['status'], readonly string[]>> = {
  pending: ['approve', 'decline', 'no money', 'pay half'],
  vendor: ['approve', 'decline', 'no money', 'pay half'],
  success: ['reverse', 'call back again'],
  failed: ['find it paid', 'call back again'],
  reversed: ['call back again'],
};

/** What can be done to the next request. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'is not done, and never answered': { kind: 'hangs' },
  'is not done, and its connection breaks': { kind: 'resets' },
  'is not done, and answered with a 502': { kind: 'breaks', status: 502 },
  'is done, and never answered': { kind: 'does_and_hangs' },
  'is done, and its connection breaks': { kind: 'does_and_resets' },
  'is done, and answered with a 502': { kind: 'does_and_breaks', status: 502 },
  'is done, and answered after 5 s': { kind: 'is_late', ms: 5_000 },
  'is done, and answered in HTML': { kind: 'garbles', how: 'not_json' },
  'is done, and answered with 10 MB': { kind: 'garbles', how: 'huge' },
};

/** Whoever breaks a request means a payment's. */
const NOT_FOR_A_TOKEN = /^(?!.*\/token$)/;

const REFRESH_SECONDS = 2;

/** What a person looks at; all of it is at `/movements`. */
const ROWS_SHOWN = 30;

/** Only the tables are drawn anew: a fault that is being chosen stays chosen. */
const REFRESH = `setInterval(async () => {
  const fresh = new DOMParser().parseFromString(await (await fetch('/')).text(), 'text/html');
  const tables = [...fresh.querySelectorAll('table')];
  document.querySelectorAll('table').forEach((table, index) => table.replaceWith(tables[index]));
}, ${REFRESH_SECONDS * SECOND_MS})`;

export function controlPage(providers: readonly RunningProvider[]): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, new URLSearchParams(body as string)));
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(controls(providers)));
  app.get('/movements', () => ({ data: providers.flatMap(({ slug, simulator }) => simulator.books.movements.map((movement) => ({ provider: slug, ...movement }))) }));
  app.post<{ Params: { slug: string; id: string; act: string } }>('/:slug/movements/:id/:act', (request, reply) => {
    const { slug, id, act } = request.params;
    const provider = providers.find((each) => each.slug === slug);
    const movement = provider?.simulator.books.byId(id);
    if (provider === undefined || movement === undefined || !Object.hasOwn(ACTS, act)) return reply.code(404).send({ error: 'There is no such movement, or nothing of that name to do with it' });
    ACTS[act]!(provider, movement);
    return reply.redirect('/', 303);
  });
  app.post<{ Params: { slug: string }; Body: URLSearchParams }>('/:slug/next-request', (request, reply) => {
    const provider = providers.find(({ slug }) => slug === request.params.slug);
    const fault = FAULTS[request.body.get('fault') ?? ''];
    if (provider === undefined || fault === undefined) return reply.code(404).send({ error: 'There is no such provider, or no such fault' });
    provider.line.next(NOT_FOR_A_TOKEN, fault);
    return reply.redirect('/', 303);
  });
  cardPages(app, providers);
  return app;
}

function controls(providers: readonly RunningProvider[]): string {
  const intro = `<h1>Simulated providers</h1><p>You are every customer, every network and every broken cable. The page looks again every ${REFRESH_SECONDS} s.</p>`;
  return page({ title: 'Simulated providers', rem: 72, content: `${intro}${providers.map(section).join('\n')}<script>${REFRESH}</script>` });
}

function section(provider: RunningProvider): string {
  const { slug, url, simulator } = provider;
  const { movements } = simulator.books;
  const rows = movements.slice(-ROWS_SHOWN).toReversed().map((movement) => row(provider, movement));
  const older = movements.length > ROWS_SHOWN ? `<p class="quiet">and ${movements.length - ROWS_SHOWN} before: <a href="/movements">all, as JSON</a></p>` : '';
  const faults = Object.keys(FAULTS).map((name) => `<option>${name}</option>`);
  return `<h2>${slug}</h2><p class="quiet">${url}</p><p><form method="post" action="/${slug}/next-request">The next request
  <select name="fault" aria-label="What becomes of ${slug}’s next request">${faults.join('')}</select> <button>Break it</button></form></p>
<table><thead><tr><th>What<th>Amount<th>Number<th>Reference<th>Status<th>Do</tr></thead><tbody>${rows.join('') || '<tr><td colspan="6" class="quiet">Nothing yet</td></tr>'}</tbody></table>${older}`;
}

function row({ slug, simulator }: RunningProvider, { id, reference, direction, amount, currency, msisdn, status }: Movement): string {
  const isCard = simulator.cards !== undefined && direction === 'collect' && msisdn === '';
  // A card’s payment does not fail for good: another card is tried.
  const acts = POSSIBLE[status].filter((act) => !(isCard && act === 'find it paid'));
  const buttons = acts.map((act) => `<form method="post" action="/${slug}/movements/${encodeURIComponent(id)}/${encodeURIComponent(act)}"><button>${act}</button></form>`);
  const number = isCard ? `<a href="/${slug}/cards/${encodeURIComponent(id)}" target="_blank">card page</a>` : escaped(msisdn);
  const cells = [escaped(direction), `${escaped(currency)} ${amount.toLocaleString('en')}`, number, `<code>${escaped(reference || id)}</code>`, status, buttons.join(' ')];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}
