/**
 * Takes out of a log line what must not be in a log, wherever in it it stands: an error's text may quote a request, an
 * address or another program's answer. Phone numbers keep their country and last three digits, by which a person who
 * knows the number finds it again; keys keep the prefix by which they are listed.
 */
interface Hidden {
  pattern: RegExp;
  shown: string;
}

/**
 * A phone number that begins so, with eight digits more in whatever groups; `~` is what stands between groups: spaces,
 * dashes, brackets, and what has no width. Not dots: a duration in a log has one.
 */
function grouped(start: string): RegExp {
  const number = String.raw`(?<![\w.*])${start}(?:~{0,3}\d){5}~{0,3}(\d)~?(\d)~?(\d)(?![\w*])`;
  return new RegExp(number.replaceAll('~', String.raw`[\s\p{Pd}\p{Cf}()]`), 'gu');
}

const HIDDEN: readonly Hidden[] = [
  // Malipo's own keys and secrets, and Stripe's.
  { pattern: /\b(dgw_(?:live|test)_[A-Za-z0-9]{4})[A-Za-z0-9]+/g, shown: '$1[redacted]' },
  { pattern: /\b(whsec_|[sr]k_(?:live|test)_)[\w+/=]+/g, shown: '$1[redacted]' },
  { pattern: /\b(pi_[A-Za-z0-9]+_secret_)\w+/g, shown: '$1[redacted]' },
  { pattern: /\b(Bearer|Basic) [\w.~+/=-]+/gi, shown: '$1 [redacted]' },
  // The password in an address, as of a database or a mail server.
  { pattern: /(\/\/[^\s/:@"]+:)[^\s/@"]+@/g, shown: '$1[redacted]@' },
  // What is called a secret, in JSON (also in JSON within a text), in a form or in a header.
  {
    pattern: /((?:password|secret|token|api[_-]?key|authorization|signature|pin)\\*["']?\s*[:=]\s*\\*["']?)(?!\[|null|true|false|Bearer |Basic )[^\s"'\\,;&}]{3,}/gi,
    shown: '$1[redacted]',
  },
  // A number alone in JSON becomes a text, so that the line stays JSON.
  { pattern: /(?<=[:[,])(25[0456])\d{6}(\d{3})(?=[,}\]])/g, shown: '"$1******$2"' },
  { pattern: grouped(String.raw`(\+?25[0456])~{0,3}\d`), shown: '$1******$2$3$4' },
  { pattern: grouped(String.raw`(0)~{0,3}[17]`), shown: '$1******$2$3$4' },
];

export function redacted(line: string): string {
  return HIDDEN.reduce((text, { pattern, shown }) => text.replace(pattern, shown), line);
}
