/** What every refusal looks like, in each dialect: its own shape, JSON, and nothing about our insides. */
import { expect } from 'vitest';
import { type ErrorCode, ERRORS } from '../../../server/core/errors.ts';
import type { Answer } from './build-malipo.ts';

/** Names of files, functions and libraries, as a stack trace or a database's complaint would have them. */
const INSIDES = /\bat \S+ \(|node_modules|\.ts\b|\.js:|SQLITE|SyntaxError|TypeError|stack/;

export function expectV1Refusal(answer: Answer, code: ErrorCode, message?: string | RegExp): void {
  expect(answer.statusCode, answer.body).toBe(ERRORS[code].status);
  expectJson(answer);
  const body = answer.json() as { error: { code: string; message: string }; message: string };
  expect(Object.keys(body)).toEqual(['error', 'message']);
  expect(Object.keys(body.error)).toEqual(['code', 'message']);
  expect(body.error.code, answer.body).toBe(code);
  expect(body.message).toBe(body.error.message);
  expect(body.message).not.toBe('');
  if (message !== undefined) expect(body.message).toMatch(message);
}

export function expectDukuziRefusal(answer: Answer, status: number, message?: string | RegExp): void {
  expect(answer.statusCode, answer.body).toBe(status);
  expectJson(answer);
  const body = answer.json() as { error: string };
  expect(Object.keys(body)).toEqual(['error']);
  expect(body.error).toMatch(message ?? /./);
}

function expectJson(answer: Answer): void {
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.body).not.toMatch(INSIDES);
}

/** JSON text of a body with one field changed; a change given as `raw(text)` is pasted as it is. */
export function bodyWith(body: Record<string, unknown>, field: string, value: unknown): string {
  const others = Object.entries(body).filter(([name]) => name !== field);
  const fields = others.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`);
  const text = value instanceof Raw ? value.text : JSON.stringify(value);
  if (text !== undefined) fields.push(`${JSON.stringify(field)}:${text}`);
  return `{${fields.join(',')}}`;
}

class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** JSON that `JSON.stringify` cannot write: 1e400, doubled or forbidden keys. */
export function raw(text: string): unknown {
  return new Raw(text);
}

/** Objects so deep that a careless check would run out of stack. */
export function nested(depth: number): unknown {
  return raw('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));
}

/** Bodies that are no JSON object at all, or not JSON. */
export const BAD_BODIES: [string, string][] = [
  ['nothing', ''],
  ['white space', '   '],
  ['an open brace', '{'],
  ['half an object', '{"amount":'],
  ['two objects', '{}{}'],
  ['single quotes', `{'amount': 1}`],
  ['NaN', '{"amount":NaN}'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of bodies', '[{"amount":1}]'],
  ['a text', '"amount"'],
  ['a number', '50000'],
  ['true', 'true'],
  ['a prototype', '{"__proto__":{"amount":1}}'],
  ['a constructor’s prototype', '{"constructor":{"prototype":{"amount":1}}}'],
  ['an empty object', '{}'],
];
