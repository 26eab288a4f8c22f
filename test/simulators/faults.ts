/**
 * What goes wrong between us and a provider. A fault is what happens to one request; a plan says which requests it
 * happens to. The four that matter most are told apart: not done and said so, not done and silent, done and silent,
 * done and told wrongly.
 */
import type { SimulatedAnswer, SimulatedRequest, Simulator } from './simulator.ts';

export type Fault =
  /** Nothing is done, and nothing is ever answered. */
  | { kind: 'hangs' }
  /** Nothing is done; the connection breaks. */
  | { kind: 'resets' }
  /** Nothing is done; a proxy says so, in HTML or with a 500 of its own. */
  | { kind: 'breaks'; status: number }
  /** It is done, and nothing is ever answered. */
  | { kind: 'does_and_hangs' }
  /** It is done; the connection breaks before the answer. */
  | { kind: 'does_and_resets' }
  /** It is done; what was to answer breaks, and says so as a proxy does. */
  | { kind: 'does_and_breaks'; status: number }
  /** Something on the way sends it a second time, and hands on the provider's no to that: the first is done. */
  | { kind: 'does_and_refuses'; answer: SimulatedAnswer }
  /** It is done, and answered after so many milliseconds. */
  | { kind: 'is_late'; ms: number }
  /** Something on the way holds it for so many milliseconds before it is done, and nothing is ever answered. */
  | { kind: 'arrives_late'; ms: number }
  /** Something on the way sends it a second time when its answer is slow: done once or twice, as the provider sees to it. */
  | { kind: 'arrives_twice' }
  /** It is done, and the answer is spoilt on the way. */
  | { kind: 'garbles'; how: Garbling };

export const GARBLINGS = ['not_json', 'empty', 'half', 'huge', 'array', 'wrong_types', 'no_fields', 'unknown_status'] as const;
export type Garbling = (typeof GARBLINGS)[number];

/** An answer on the wire. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What becomes of a request: an answer now or later, or none; `later` is when the provider gets it after all. */
export type Fate = { kind: 'answer'; answer: WireAnswer; afterMs: number } | { kind: 'silence'; later?: { afterMs: number; arrive(): void } } | { kind: 'reset' };

export type FaultPlan = (request: SimulatedRequest) => Fault | undefined;

/** Larger than anything that is read; made once. */
const HUGE = 'x'.repeat(10 * 1_024 * 1_024);

export class FaultyLine {
  readonly simulator: Simulator;
  /** Every request that reached the line, whatever became of it. */
  readonly requests: SimulatedRequest[] = [];
  plan: FaultPlan = () => undefined;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  /** The next `times` requests whose path matches meet this fault. */
  next(path: RegExp, fault: Fault, times = 1): void {
    let left = times;
    this.plan = (request) => (left > 0 && path.test(request.path) ? (left--, fault) : undefined);
  }

  meet(request: SimulatedRequest): Fate {
    this.requests.push(request);
    const fault = this.plan(request);
    switch (fault?.kind) {
      case 'hangs':
        return { kind: 'silence' };
      case 'resets':
        return { kind: 'reset' };
      case 'breaks':
        return { kind: 'answer', afterMs: 0, answer: broken(fault.status) };
      case 'does_and_hangs':
        this.simulator.handle(request);
        return { kind: 'silence' };
      case 'does_and_resets':
        this.simulator.handle(request);
        return { kind: 'reset' };
      case 'does_and_breaks':
        this.simulator.handle(request);
        return { kind: 'answer', afterMs: 0, answer: broken(fault.status) };
      case 'does_and_refuses':
        this.simulator.handle(request);
        return { kind: 'answer', afterMs: 0, answer: onTheWire(fault.answer) };
      case 'is_late':
        return { kind: 'answer', afterMs: fault.ms, answer: onTheWire(this.simulator.handle(request)) };
      case 'arrives_late':
        return { kind: 'silence', later: { afterMs: fault.ms, arrive: () => void this.simulator.handle(request) } };
      case 'arrives_twice':
        this.simulator.handle(request);
        return { kind: 'answer', afterMs: 0, answer: onTheWire(this.simulator.handle(request)) };
      case 'garbles':
        return { kind: 'answer', afterMs: 0, answer: garbled(this.simulator.handle(request), fault.how) };
      case undefined:
        return { kind: 'answer', afterMs: 0, answer: onTheWire(this.simulator.handle(request)) };
      default:
        return fault satisfies never;
    }
  }
}

function onTheWire({ status, json, headers = {} }: SimulatedAnswer): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
}

function broken(status: number): WireAnswer {
  return { status, headers: { 'content-type': 'text/html', location: '/elsewhere' }, body: '<html><h1>Not here</h1></html>' };
}

function garbled(answer: SimulatedAnswer, how: Garbling): WireAnswer {
  const wire = onTheWire(answer);
  switch (how) {
    case 'not_json':
      return { ...wire, headers: { 'content-type': 'text/html' }, body: '<html>Welcome to the guest network</html>' };
    case 'empty':
      return { ...wire, body: '' };
    case 'half':
      return { ...wire, body: wire.body.slice(0, wire.body.length >> 1) };
    case 'huge':
      return { ...wire, body: `${JSON.stringify({ ...(answer.json as object), filler: '' }).slice(0, -2)}${HUGE}"}` };
    case 'array':
      return { ...wire, body: '[1, null, "three"]' };
    case 'wrong_types':
      return { ...wire, body: JSON.stringify(everyLeaf(answer.json, (leaf) => (typeof leaf === 'string' ? 42 : 'forty-two'))) };
    case 'no_fields':
      return { ...wire, body: '{}' };
    case 'unknown_status':
      return { ...wire, body: JSON.stringify(everyStatus(answer.json)) };
    default:
      return how satisfies never;
  }
}

function everyLeaf(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => everyLeaf(each, change));
  if (typeof value !== 'object' || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, everyLeaf(each, change)]));
}

/** Every field that any of the providers tells a status by. */
function everyStatus(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(everyStatus);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, /^(status|request_status)$/.test(name) && typeof each === 'string' ? 'quantum' : everyStatus(each)]),
  );
}
