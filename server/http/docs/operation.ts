/** What the documentation says of an operation beyond its schemas. Kept apart from the routes, which are loaded at every start. */
import type { ErrorCode } from '../../core/errors.ts';

export interface Example {
  summary: string;
  value: unknown;
}

export type Examples = Readonly<Record<string, Example>>;

export interface OperationText {
  /** The operation's name in the typed client and in links; never changed once published. */
  id: string;
  /** Markdown; the route's own description when absent. */
  description?: string;
  /** Errors that do not follow from the operation's nature (see `codesOf` in document.ts). */
  codes: readonly ErrorCode[];
  request?: Examples;
  answer: Examples;
  /** What the same address streams when asked for `text/event-stream`. */
  stream?: string;
}

/** By method and path as the document prints it: `POST /v1/payments/collect`. */
export type OperationTexts = Readonly<Record<string, OperationText>>;

export function example(summary: string, value: unknown): Example {
  return { summary, value };
}
