/**
 * Work that is worth following while it runs. Whoever traces is told before it begins and when it has ended; while nobody
 * does, it costs a look at a variable. One for the whole process, as the signals are (`signals.ts`).
 */
export interface Stretch {
  /** One of a few: never anything that a caller chose. */
  name: string;
  /** `outbound` waits for somebody else; `own` begins by itself, whatever was under way when its time came. */
  kind: 'outbound' | 'own';
  /** No numbers, no secrets, no references. */
  attributes: Readonly<Record<string, string>>;
}

export interface Ending {
  outcome: string;
  isTrouble: boolean;
}

export interface Tracer {
  follow<Answer>(stretch: Stretch, work: () => Promise<Answer>, endingOf: (answer: Answer) => Ending): Promise<Answer>;
}

let tracer: Tracer | null = null;

export function traceWith(given: Tracer): void {
  tracer = given;
}

/** Does the work, and has it followed where somebody traces. The work must not fail: what went wrong is its answer. */
export function followed<Answer>(stretch: Stretch, work: () => Promise<Answer>, endingOf: (answer: Answer) => Ending): Promise<Answer> {
  return tracer === null ? work() : tracer.follow(stretch, work, endingOf);
}
