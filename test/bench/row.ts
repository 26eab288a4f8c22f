/** A row of the table: what is measured, beside what, and how far it may be from it. One file each in rows/. */
export interface Row {
  /** Names it on the command line. */
  readonly name: string;
  readonly title: string;
  measure(options: MeasureOptions): Promise<Measured>;
}

export interface MeasureOptions {
  /** How often everything is measured, in turn; the median counts. */
  rounds: number;
  /** Whether curves are wanted: what only they need is measured only then. */
  curves: boolean;
  /** Tells whoever watches how far it is. */
  progress(line: string): void;
}

export interface Measured {
  /** Absolute figures: for orientation, they say as much of the machine as of the program. */
  figures: Figure[];
  /** What is promised. */
  goals: Goal[];
  /** What a thing costs as something grows; `--curves FOLDER` draws them. */
  curves?: Curve[];
}

/** How a cost grows, of several contestants on the same machine in the same run. Both axes are logarithmic where they span decades. */
export interface Curve {
  /** The file it is drawn to, without its ending. */
  name: string;
  title: string;
  /** What grows along the bottom, and what it costs. */
  x: string;
  y: string;
  series: { label: string; points: [x: number, y: number][] }[];
}

export interface Figure {
  what: string;
  value: number;
  unit: string;
}

export interface Goal extends Figure {
  bound: 'at least' | 'at most';
  limit: number;
  met: boolean;
}

export function figure(what: string, value: number, unit: string): Figure {
  return { what, value: rounded(value), unit };
}

export function atLeast(limit: number, goal: Figure): Goal {
  return { ...goal, bound: 'at least', limit, met: goal.value >= limit };
}

export function atMost(limit: number, goal: Figure): Goal {
  return { ...goal, bound: 'at most', limit, met: goal.value <= limit };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Three digits are more than a measurement on a shared machine is good for. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
