/** The shop's words in Kiswahili, by the key in `data-say`. What is missing here stays English. */
export const SWAHILI = {
  demoNote: 'Duka la mfano kwenye sandbox ya Malipo. Hakuna pesa halisi inayotumika.',
  place: 'Duka la vitabu, Kampala',
  navLabel: 'Kwenye ukurasa huu',
  navBooks: 'Vitabu',
  navFund: 'Mfuko wa maktaba',
  navPhone: 'Simu ya majaribio',
  navCounter: 'Kwa watengenezaji',
  headline: 'Vitabu katika lugha tunazoota.',

  ebookKind: 'Kitabu pepe · PDF',
  ebookSubtitle: 'Kitabu cha kusoma Kiswahili',
  ebookAbout:
    'Hadithi fupi arobaini kwa wanaojua kusalimia na wanataka kuendelea: asubuhi sokoni, ubishi wa matatu, harusi Jinja. Kila hadithi ina maana za maneno yake.',
  ebookBuy: 'Nunua kwa UGX 25,000',
  ebookPromise: 'Utakipakua mara tu malipo yakikamilika.',

  fundKind: 'Mchango',
  fundTitle: 'Mfuko wa maktaba ya kijiji',
  fundAbout:
    'UGX 20,000 huweka kitabu kimoja cha hadithi kwenye rafu Kamuli, Busia au Moroto. Toa kiasi upendacho, kuanzia UGX 1,000.',
  fundAmounts: 'Viasi vinavyopendekezwa',
  fundGive: 'Changia mfuko',

  shelfTitle: 'Vingine kwenye rafu',
  coastAbout: 'Hadithi za pwani, kwa shilingi za Tanzania.',
  coastBuy: 'Nunua kwa TZS 12,000',
  soonMarch: 'Kinakuja Machi',
  soonApril: 'Kinakuja Aprili',

  phoneTitle: 'Simu yako ya majaribio',
  phoneAbout:
    'Ukilipa, ombi huonekana hapa. Weka tarakimu 4 zozote kama PIN, au kataa. Usipoigusa, hujibu yenyewe.',
  phoneFrame: 'Simu ya majaribio',
  putDown: 'Weka simu chini',
  ownWindow: 'Fungua simu katika dirisha lake',

  counterTitle: 'Nyuma ya kaunta',
  counterAbout: 'Kwa mtengenezaji anayetaka haya kwenye ukurasa wake.',
  logTitle: 'Kumbukumbu ya matukio',
  logAbout: 'Yote ambayo vitufe vya kulipa vya hapo juu huambia ukurasa huu, jipya kwanza.',
  logEmpty: 'Hakuna tukio bado. Bonyeza kitufe cha kulipa.',
  logClear: 'Futa kumbukumbu',
  snippetTitle: 'Ukurasa huu ulibandika nini',
  snippetCopy: 'Nakili kipande hiki',
  toBuilder: 'Tengeneza chako mwenyewe',
  numbersTitle: 'Namba za majaribio',
  numbersAbout:
    'Bonyeza namba kuinakili. Katika nchi zote nne tarakimu tano za mwisho ndizo huamua; namba nyingine yoyote halali hukamilika baada ya sekunde tatu, usipojibu kwenye simu.',
  numbersNumber: 'Namba',
  numbersDoes: 'Inafanya nini',
  does1: 'Hukamilika',
  does2: 'Hushindwa: salio halitoshi',
  does3: 'Hushindwa: mteja amekataa',
  does4: 'Haijibu kamwe, na muda huisha',
  does5: 'Mtoa huduma huchelewa, kisha hukamilika ndani ya dakika moja',
  does6: 'Hukamilika baada ya muda kuisha',
  does7: 'Hukamilika, na taarifa zinazorudiwa na kupishana',
  doesIotec1: 'Hukamilika (namba za majaribio za ioTec, hizi nne)',
  doesIotec2: 'Hushindwa',
  doesIotec3: 'Hubaki ikisubiri',
  doesIotec4: 'Hutumwa kwa mtandao, hukamilika ndani ya dakika moja',
  doesAny: 'Nyingine yoyote: wewe huamua kwenye simu ya majaribio',

  copied: 'Imenakiliwa',
  selected: 'Imechaguliwa: nakili kwa Ctrl+C',
  foot: 'Duka la Vitabu ni la kubuni. Malipo yanafanywa na Malipo.',

  thanksTitle: 'Asante. Usomaji mwema.',
  thanksAbout: 'Malipo yako yametufikia.',
  thanksReference: 'Kumbukumbu ya malipo',
  thanksBack: 'Rudi dukani',
};
