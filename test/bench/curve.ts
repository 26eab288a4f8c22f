/** A curve as SVG: light and dark by the reader's preference, no script, no fonts of its own. */
import type { Curve } from './row.ts';

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 84, right: 24, top: 64, bottom: 64 };

/** From one end of an axis to the other more than this many times: decades are told apart only on a logarithmic one. */
const LOGARITHMIC_FROM = 20;

/** Okabe and Ito's colours, which colour-blind readers tell apart; the lines differ in their marks too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

interface Axis {
  ticks: number[];
  /** 0 at its beginning, 1 at its end. */
  place(value: number): number;
}

export function drawCurve({ title, x, y, series }: Curve): string {
  const points = series.flatMap((each) => each.points);
  const across = axisOf(points.map(([value]) => value), { fromZero: false });
  const up = axisOf(points.map(([, value]) => value), { fromZero: true });
  const left = (value: number) => round(PLOT.left + across.place(value) * (WIDTH - PLOT.left - PLOT.right));
  const top = (value: number) => round(HEIGHT - PLOT.bottom - up.place(value) * (HEIGHT - PLOT.top - PLOT.bottom));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">${escape(title)}</title>
<style>
  svg { background: #fff; color: #1b1b1b; font: 13px system-ui, sans-serif; }
  text { fill: currentColor; } .grid { stroke: currentColor; stroke-opacity: .12; } .line { fill: none; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) { svg { background: #15171a; color: #e8e8e8; } }
</style>
<text x="${PLOT.left}" y="26" font-size="15" font-weight="600">${escape(title)}</text>
${up.ticks.map((tick) => `<line class="grid" x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${top(tick)}" y2="${top(tick)}"/><text x="${PLOT.left - 10}" y="${top(tick) + 4}" text-anchor="end">${short(tick)}</text>`).join('\n')}
${across.ticks.map((tick) => `<text x="${left(tick)}" y="${HEIGHT - PLOT.bottom + 22}" text-anchor="middle">${short(tick)}</text>`).join('\n')}
<text x="${(PLOT.left + WIDTH - PLOT.right) / 2}" y="${HEIGHT - 16}" text-anchor="middle">${escape(x)}</text>
<text transform="translate(20 ${(PLOT.top + HEIGHT - PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>
${series.map((each, index) => lineOf(each, index, left, top)).join('\n')}
</svg>
`;
}

function lineOf({ label, points }: Curve['series'][number], index: number, left: (x: number) => number, top: (y: number) => number): string {
  const colour = COLOURS[index % COLOURS.length]!;
  const path = points.map(([x, y], place) => `${place === 0 ? 'M' : 'L'}${left(x)} ${top(y)}`).join('');
  const marks = points.map(([x, y]) => `<circle cx="${left(x)}" cy="${top(y)}" r="${4 - index * 0.5}" fill="${colour}"/>`).join('');
  const legend = PLOT.left + index * ((WIDTH - PLOT.left - PLOT.right) / 3);
  return `<path class="line" stroke="${colour}"${index === 0 ? '' : ` stroke-dasharray="${8 - index * 2} 4"`} d="${path}"/>${marks}
<circle cx="${legend + 5}" cy="46" r="5" fill="${colour}"/><text x="${legend + 16}" y="50">${escape(label)}</text>`;
}

/** Logarithmic over decades; else from zero, so that a difference looks as large as it is. */
function axisOf(values: number[], { fromZero }: { fromZero: boolean }): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most / least > LOGARITHMIC_FROM || !fromZero) {
    const ends = fromZero ? [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))] : [least, most];
    const span = Math.log(ends[1]! / ends[0]!) || 1;
    return { ticks: fromZero ? decades(ends[0]!, ends[1]!) : [...new Set(values)], place: (value) => Math.log(value / ends[0]!) / span };
  }
  const step = niceStep(most / 4);
  const end = Math.ceil(most / step) * step;
  return { ticks: Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step), place: (value) => value / end };
}

function decades(from: number, to: number): number[] {
  const count = Math.round(Math.log10(to / from));
  return Array.from({ length: count + 1 }, (_, index) => from * 10 ** index);
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least)!;
}

function short(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
