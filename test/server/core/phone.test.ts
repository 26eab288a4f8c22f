import { describe, expect, test } from 'vitest';
import { COUNTRIES, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import { nationalDigitsTyped, nationalNumber, parsePhone, parseTypedPhone } from '../../../server/core/phone.ts';
import { fc } from '../support/properties.ts';

const nationalNumbers = fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String);

describe.each(COUNTRIES)('a phone number of %s', (country) => {
  const { callingCode } = NUMBER_PLANS[country];
  const others = COUNTRIES.filter((other) => other !== country).map((other) => NUMBER_PLANS[other].callingCode);

  test('is taken in international form, with a plus, and in local form, whatever its prefix', () => {
    fc.assert(
      fc.property(nationalNumbers, (national) => {
        const msisdn = callingCode + national;
        for (const form of [msisdn, `+${msisdn}`, `0${national}`]) {
          expect(parsePhone(form, country)).toBe(msisdn);
          expect(parseTypedPhone(form, country)).toBe(msisdn);
        }
        expect(nationalNumber(msisdn)).toBe(national);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['a plus alone', '+'],
    ['zeros', '0000000000'],
    ['a local number that begins with two zeros', '0071234567'],
    ['an international number with the trunk zero', `${callingCode}0771234567`],
    ['a plus before a local number', '+0771234567'],
    ['two pluses', `++${callingCode}771234567`],
    ['one digit too few', '077123456'],
    ['one digit too many', '07712345678'],
    ['an international number one digit short', `${callingCode}77123456`],
    ['an international number one digit long', `${callingCode}7712345678`],
    ['letters', '077123456a'],
    ['letters only', 'my number!'],
    ['arabic digits', '٠٧٧١٢٣٤٥٦٧'],
    ['full-width digits', '０７７１２３４５６７'],
    ['an exponent', '0771234e67'],
    ['a sign inside', '0771-34567'],
  ])('is refused when it is %s', (_, input) => {
    expect(parsePhone(input, country)).toBeNull();
    expect(parseTypedPhone(input, country)).toBeNull();
  });

  test("is refused with a neighbour country's calling code", () => {
    for (const other of others) {
      expect(parsePhone(`${other}771234567`, country)).toBeNull();
      expect(parsePhone(`+${other}771234567`, country)).toBeNull();
      expect(parseTypedPhone(`+${other} 771 234 567`, country)).toBeNull();
    }
  });

  test.each([
    ['spaces', '0771 234 567'],
    ['spaces around', ' 0771234567 '],
    ['a line break at its end', '0771234567\n'],
    ['dashes', '0771-234-567'],
    ['an en dash', '0771\u2013234567'],
    ['dots', '0771.234.567'],
    ['brackets', '(0771) 234567'],
    ['no-break spaces', '0771\u00a0234\u00a0567'],
    ['a tab', '0771\t234567'],
    ['invisible marks, as pasted from a phone book', `\u202a+${callingCode} 771 234567\u202c`],
    ['the international prefix 00', `00${callingCode}771234567`],
    ['nine bare digits', '771234567'],
    ['nine bare digits in groups', '771 234 567'],
  ])('is read from what a person typed with %s, and not by the strict reader', (_, input) => {
    expect(parseTypedPhone(input, country)).toBe(`${callingCode}771234567`);
    expect(parsePhone(input, country)).toBeNull();
  });

  test('is not taken for complete while the international form is still being typed', () => {
    const complete = `${callingCode}771234567`;
    for (let length = 0; length < complete.length; length++) {
      expect(parseTypedPhone(complete.slice(0, length), country)).toBeNull();
      expect(parseTypedPhone(`+${complete.slice(0, length)}`, country)).toBeNull();
    }
  });

  test.each([
    ['', ''],
    ['0', ''],
    ['07', '7'],
    ['0771 23', '77123'],
    ['771', '771'],
    [`+${callingCode} 77`, '77'],
    [`00${callingCode}77`, '77'],
    [`${callingCode}771234567`, '771234567'],
  ])('that reads %j so far has the national digits %j', (input, digits) => {
    expect(nationalDigitsTyped(input, country)).toBe(digits);
  });
});
