/** What every adapter writes alike. */

/** As much of a text as fits, and never half of a character: JSON with that in it is refused by many, and the payment with it. */
export function shortened(text: string, max: number): string {
  return text.toWellFormed().slice(0, max).replace(/[\ud800-\udbff]$/, '');
}
