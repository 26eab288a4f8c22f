import { expect, waitUntil } from '@open-wc/testing';
import { type Country, guessNetwork, NUMBER_PLANS } from '../../server/core/number-plans.ts';
import { BUTTON_EN, BUTTON_MESSAGES, type Language } from '../../widget/src/messages/button.ts';
import { messages as card } from '../../widget/src/messages/card.ts';
import { messages as panel } from '../../widget/src/messages/en.ts';
import { messages as fr } from '../../widget/src/messages/fr.ts';
import { messages as lg } from '../../widget/src/messages/lg.ts';
import { messages as rw } from '../../widget/src/messages/rw.ts';
import { messages as sw } from '../../widget/src/messages/sw.ts';
import { Buyer } from './support/buyer.ts';
import { aCardWorld, aStatus, aWaitingWorld, PATIENCE, type World } from './support/world.ts';

/** The card step brings its own English. */
const en = { ...panel, ...card };

const PANEL_MESSAGES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, fr, lg, rw, sw };
const OTHERS = ['fr', 'lg', 'rw', 'sw'] as const;

/** What is the same word in some of them. */
const SHARED = ['mobile money', 'Mobile money'];

/** The names in braces, each once: a sentence may need one twice. */
function namesIn(text = ''): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
}

async function aPayingWorld(): Promise<World> {
  const done = aStatus({ status: 'completed' });
  return (await aWaitingWorld()).says({ stream: { data: done }, status: { data: done } });
}

describe('the languages', () => {
  it('leave no French mark alone on the next line', () => {
    expect(Object.values(fr).filter((text) => / [:;?!]/.test(text))).to.deep.equal([]);
  });

  it('show for an example a number that a network of every country has, on one line', () => {
    for (const words of Object.values(PANEL_MESSAGES)) {
      const [example = ''] = /0[\d\u00a0]+/.exec(words['INVALID_PHONE'] ?? '') ?? [];
      const countries = Object.keys(NUMBER_PLANS) as Country[];
      expect(countries.filter((country) => guessNetwork(country, example.slice(1).replace(/\D/g, '')) === null), example).to.deep.equal([]);
      expect(example).to.have.lengthOf(12);
    }
  });

  for (const language of OTHERS) {
    it(`say the same with the same things filled in, and leave nothing in English: ${language}`, () => {
      const ours: Readonly<Record<string, string>> = { ...BUTTON_EN, ...en };
      const theirs: Readonly<Record<string, string>> = { ...BUTTON_MESSAGES[language], ...PANEL_MESSAGES[language] };
      expect(Object.keys(theirs).sort()).to.deep.equal(Object.keys(ours).sort());
      for (const [key, text] of Object.entries(theirs)) {
        expect(namesIn(text), `${key}: ${text}`).to.deep.equal(namesIn(ours[key]));
        if (!SHARED.includes(text)) expect(text, key).not.to.equal(ours[key]);
      }
    });

    it(`pays by card from the first word to the last: ${language}`, async () => {
      const words = { ...BUTTON_MESSAGES[language], ...PANEL_MESSAGES[language] } as Readonly<Record<string, string>>;
      const done = aStatus({ status: 'completed', network: '' });
      const world = await (await aCardWorld()).says({ card: [{ data: { result: 'card_declined' } }, { data: { result: 'requires_action' } }, { data: { result: 'succeeded' } }] });
      const buyer = await (await Buyer.arrives(world, { locale: language })).comesToTheForm();
      await waitUntil(() => buyer.panelText.includes(words['method'] ?? '') || buyer.panelText.includes(words['card'] ?? ''), 'the words are here', PATIENCE);
      expect(buyer.find('[role=radiogroup]').getAttribute('aria-label')).to.equal(words['method']);
      await buyer.chooses(words['card'] ?? '');
      expect(buyer.find('[part=submit]').textContent.trim()).to.equal(words['toCard']);
      await buyer.presses('[part=submit]');
      await waitUntil(() => buyer.has('.cards'), 'the card form is here', PATIENCE);
      expect(buyer.title).to.equal(words['card.title']);
      for (const key of ['testCardsOnly', 'testPays', 'testDeclined', 'testAsks', 'another']) expect(buyer.panelText, key).to.contain(words[key]);
      await buyer.presses('[part=submit]');
      await waitUntil(() => buyer.panelText.includes(words['notCharged'] ?? ''), 'the refusal is said', PATIENCE);
      expect(buyer.panelText).to.contain(words['card_declined']);
      await buyer.settles();
      await buyer.presses('[part=submit]');
      await waitUntil(() => buyer.title === words['asks.title'], 'the bank asks', PATIENCE);
      expect(buyer.panelText).to.contain(words['approveCard']).and.contain(words['refuseCard']);
      await buyer.settles();
      await buyer.presses('[part=approve]');
      await buyer.sees('waiting');
      expect(buyer.title).to.equal(words['bank.title']);
      expect(buyer.panelText).to.contain(words['bank']).and.contain(words['backToCard']);
      await world.comesTo(done);
      await buyer.sees('succeeded');
    });

    it(`pays from the first word to the last: ${language}`, async () => {
      const words = { ...BUTTON_MESSAGES[language], ...PANEL_MESSAGES[language] } as Readonly<Record<string, string>>;
      const buyer = await (await Buyer.arrives(await aPayingWorld(), { locale: language })).comesToTheForm();
      expect(buyer.find('label[for=phone]').textContent).to.equal(words['phone']);
      await expect(buyer.element).to.be.accessible();
      await buyer.types('#phone', '07');
      await buyer.presses('[part=submit]');
      expect(buyer.descriptionOf('#phone')).to.equal(words['INVALID_PHONE']?.replaceAll('\u00a0', ' '));
      await buyer.types('#phone', '0772123456');
      await buyer.presses('[part=submit]');
      await buyer.sees('succeeded');
      expect(buyer.title).to.equal(words['succeeded.title']);
      expect(buyer.buttonText).to.equal(words['paid']);
    });
  }
});

describe('the language spoken', () => {
  it('follows the attribute, the closest lang and the document, live', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld());
    document.documentElement.lang = 'sw-TZ';
    await waitUntil(() => buyer.buttonText === 'Lipa sasa', 'the document speaks Swahili', PATIENCE);
    buyer.element.parentElement!.lang = 'en';
    await waitUntil(() => buyer.buttonText === 'Pay now', 'the parent speaks English', PATIENCE);
    buyer.element.locale = 'sw';
    await buyer.settles();
    expect(buyer.buttonText).to.equal('Lipa sasa');
  });

  it('changes with the panel open, and what was typed stays', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    await buyer.types('#phone', '0772 123');
    document.documentElement.lang = 'fr';
    await waitUntil(() => buyer.find('label[for=phone]').textContent === fr.phone, 'the panel speaks French', PATIENCE);
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123');
    expect(buyer.hasFocus('#phone')).to.equal(true);
  });

  it('has every word of a payment that a page finds on its way', async () => {
    const world = await (await aWaitingWorld()).says({ status: { data: aStatus({ status: 'failed', failure_code: 'declined' }) } });
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_first', expires_at: '', started_at: 1 }));
    const buyer = await Buyer.arrives(world, { locale: 'fr' });
    expect(buyer.buttonText).to.equal(BUTTON_MESSAGES.fr.waiting);
    await buyer.sees('failed');
    await waitUntil(() => buyer.buttonText === fr.retry, 'French without a press', PATIENCE);
  });

  it('a language nobody translated is passed over', async () => {
    document.documentElement.lang = 'tlh';
    const buyer = await Buyer.arrives(await aWaitingWorld(), { locale: 'xx' });
    expect(buyer.buttonText).to.equal('Pay now');
  });

  it('a tag that is none still says the language', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld(), { locale: 'sw_TZ@posix' })).comesToTheForm();
    expect(buyer.panelText).to.match(/Lipa UGX\s25,000/);
  });
});

describe('the site’s own words', () => {
  it('stand in place of ours, with the same things filled in', async () => {
    const words = JSON.stringify({ payNow: 'Donate', pay: 'Donate {amount}', 'succeeded.title': 'Asante sana!' });
    const buyer = await Buyer.arrives(await aPayingWorld(), { messages: words });
    expect(buyer.buttonText).to.equal('Donate');
    await buyer.comesToTheForm();
    expect(buyer.find('[part=submit]').textContent).to.match(/Donate UGX\s25,000/);
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect(buyer.title).to.equal('Asante sana!');
  });

  it('are taken from a property as well, and nonsense among them is passed over', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld(), { messages: '{not JSON' });
    expect(buyer.buttonText).to.equal('Pay now');
    buyer.element.messages = { payNow: 7 as unknown as string, paid: 'Yours' };
    await buyer.settles();
    expect(buyer.buttonText).to.equal('Pay now');
    buyer.element.messages = { payNow: 'Take it' };
    await buyer.settles();
    expect(buyer.buttonText).to.equal('Take it');
  });

  it('the label wins', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld(), { label: 'Nunua kitabu', messages: '{"payNow":"Buy"}' });
    expect(buyer.buttonText).to.equal('Nunua kitabu');
  });
});
