/**
 * A Malipo server inside the page: what the button would ask over the network is answered here, so that every state
 * can be held still. Import it before anything is asked.
 */

/** Nobody's address, by RFC 2606: what is not answered here would reach nothing. */
export const STAND_IN = 'https://pay.example';

/** Never answered. */
export const SILENCE = 'silence';
/** Cut off on the way. */
export const CUT = 'cut';

const PRICE = { amount: 25_000, currency: 'UGX' };
/** For which the button shows the sandbox's card form. */
const SANDBOX_KEY = 'pk_test_sandbox';
const LIFETIME_MS = 4 * 60 * 60_000;

/** @type {Map<string, { item?: string, start?: string, check?: string, status?: string, failure_code?: string }>} */
const scenes = new Map();

/** How this item's requests shall go: `SILENCE`, `CUT`, a code of the error catalogue, or the payment's status. */
export function stage(slug, scene) {
  scenes.set(slug, scene);
  // What an earlier visit left here would be taken up.
  try {
    localStorage.removeItem(`malipo:${STAND_IN}:${slug}`);
  } catch {
    // Storage is refused: nothing was kept either.
  }
}

const item = (slug) => ({
  slug,
  kind: 'product',
  name: 'Jifunze Kiswahili: a Swahili reader',
  description: '',
  image_url: new URL('images/swahili-ebook.svg', import.meta.url).href,
  ...PRICE,
  min_amount: null,
  max_amount: null,
  suggested_amounts: [],
  methods: [{ type: 'mobile_money', country: 'UG', networks: [
    { id: 'mtn', name: 'MTN MoMo', healthy: true },
    { id: 'airtel', name: 'Airtel Money', healthy: true },
  ] }, { type: 'card', publishable_key: SANDBOX_KEY }],
  is_test: true,
  app: { slug: 'duka-la-vitabu', name: 'Duka la Vitabu' },
});

const payment = (slug) => ({
  reference: `dgw_${slug}`,
  status: scenes.get(slug).status,
  ...PRICE,
  provider: 'sandbox',
  network: 'mtn',
  failure_code: scenes.get(slug).failure_code ?? '',
  failure_reason: '',
  is_test: true,
  item: { slug, name: item(slug).name },
  created_at: new Date().toISOString(),
  expires_at: new Date(Date.now() + LIFETIME_MS).toISOString(),
  completed_at: null,
});

const start = (slug, { method }) => ({
  ...payment(slug),
  ...(method === 'card' ? { client_secret: 'stand-in', stripe_publishable_key: SANDBOX_KEY } : { client_secret: '', stripe_publishable_key: '' }),
});

/** As the sandbox's three cards do. */
function cardResult(slug, { number, challenge }) {
  if (number.endsWith('0002') || challenge === 'failed') return 'card_declined';
  if (number.endsWith('3184') && !challenge) return 'requires_action';
  scenes.get(slug).status = 'completed';
  return 'succeeded';
}

/** What is asked by this address, and how it goes. */
function asked(url, body = '{}') {
  const [, paid] = /\/sandbox\/card\/dgw_(.+)$/.exec(url) ?? [];
  if (paid) return { data: { result: cardResult(paid, JSON.parse(body)) } };
  const [path] = url.slice(`${STAND_IN}/api/store/`.length).split('?');
  const [, reference] = /^status\/dgw_(.+)$/.exec(path) ?? [];
  const slug = reference ?? path.replace(/\/pay$/, '');
  const scene = scenes.get(slug) ?? {};
  if (reference) return { data: payment(slug), how: scene.check };
  if (path.endsWith('/pay')) return { data: start(slug, JSON.parse(body)), how: scene.start };
  return { data: item(slug), how: scene.item };
}

const networkFetch = globalThis.fetch;

globalThis.fetch = async (url, init) => {
  if (!String(url).startsWith(STAND_IN)) return networkFetch(url, init);
  const { data, how } = asked(String(url), init?.body);
  if (how === SILENCE) return new Promise(() => {});
  if (how === CUT) throw new TypeError('Failed to fetch');
  if (how) return Response.json({ error: { code: how, message: '' }, message: '' }, { status: 404 });
  return Response.json({ data });
};

/** Says at once how the payment stands, and nothing ever after. */
globalThis.EventSource = class extends EventTarget {
  CLOSED = 2;
  readyState = 1;

  constructor(url) {
    super();
    queueMicrotask(() => {
      if (this.readyState === this.CLOSED) return;
      this.onopen?.(new Event('open'));
      this.onmessage?.(new MessageEvent('message', { data: JSON.stringify({ data: asked(url).data }) }));
    });
  }

  close() {
    this.readyState = this.CLOSED;
  }
};
