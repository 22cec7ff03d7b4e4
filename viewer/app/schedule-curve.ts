import { valueAt, type Schedule } from '../../core/schedules/schedule.ts';
import { figure, count } from './words.ts';

const POINTS = 160;
const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 240;
const HEIGHT = 56;

/** The ticks worth looking at from now on: all that is still to happen, or two and a half periods. */
export function horizon(given: Schedule, now: number): { from: number; to: number } {
  const last = ((): number => {
    switch (given.kind) {
      case 'ramp': return given.start + given.ticks;
      case 'step': return given.values.at(-1)!.at;
      case 'shock': return given.at + given.ticks;
      case 'season': return now + 2.5 * given.period;
      default: return now;
    }
  })();
  const ahead = Math.max(20, last - now);
  return { from: now, to: now + Math.ceil(given.kind === 'season' ? ahead : ahead * 1.2) };
}

/** A picture of what a parameter is going to do, on its own range. */
export function scheduleCurve(given: Schedule, now: number, base: number, { min, max }: { min: number; max: number }): SVGSVGElement {
  const { from, to } = horizon(given, now);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('class', 'curve');
  svg.setAttribute('role', 'img');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-label', `From tick ${count(from)} to ${count(to)}, within ${figure(min)} to ${figure(max)}`);
  const line = document.createElementNS(SVG, 'polyline');
  const points: string[] = [];
  let before: number | null = null;
  for (let i = 0; i <= POINTS; i++) {
    const value = valueAt(given, Math.round(from + (to - from) * i / POINTS), base);
    const x = WIDTH * i / POINTS;
    const y = (height: number): string => (2 + (HEIGHT - 4) * (1 - (height - min) / Math.max(max - min, 1e-9))).toFixed(1);
    // what jumps, jumps upright
    if (before !== null && given.kind !== 'ramp' && given.kind !== 'season' && value !== before) points.push(`${x.toFixed(1)},${y(before)}`);
    points.push(`${x.toFixed(1)},${y(value)}`);
    before = value;
  }
  line.setAttribute('points', points.join(' '));
  svg.append(line);
  return svg;
}

/** `ramp to 0.8 until tick 4 000`. */
export function scheduleInWords(given: Schedule): string {
  switch (given.kind) {
    case 'constant': return `held at ${figure(given.value)}`;
    case 'ramp': return `ramp from ${figure(given.from)} to ${figure(given.to)}, tick ${count(given.start)} to ${count(given.start + given.ticks)}`;
    case 'step': return given.values.length === 1 ? `step to ${figure(given.values[0]!.value)} at tick ${count(given.values[0]!.at)}` : `${given.values.length} steps from tick ${count(given.values[0]!.at)} on`;
    case 'season': return `season of ${count(given.period)} ticks, ${figure(given.mean)} ± ${figure(given.amplitude)}`;
    case 'shock': return `shock of ${figure(given.value)} at tick ${count(given.at)} for ${count(given.ticks)}`;
    case 'manual': return 'turned by hand';
  }
}
