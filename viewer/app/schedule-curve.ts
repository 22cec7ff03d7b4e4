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

/** Ticks at which a schedule bends or jumps. */
function cornersOf(given: Schedule): number[] {
  switch (given.kind) {
    case 'ramp': return [given.start, given.start + given.ticks];
    case 'step': return given.values.map(({ at }) => at);
    case 'shock': return [given.at, given.at + given.ticks];
    default: return [];
  }
}

/**
 * What a parameter is going to have, tick by tick as far as a picture can tell them apart, and in every tick in which its
 * schedule bends or jumps; whole numbers where the parameter is one.
 */
export function curvePoints(given: Schedule, from: number, to: number, base: number, step: number): { tick: number; value: number }[] {
  const even = Array.from({ length: POINTS + 1 }, (_, i) => Math.round(from + (to - from) * i / POINTS));
  // a jump is upright: the tick before it belongs to what was
  const bends = cornersOf(given).flatMap((tick) => [tick - 1, tick]).filter((tick) => tick >= from && tick <= to);
  const ticks = [...new Set([...even, ...bends])].sort((a, b) => a - b);
  return ticks.map((tick) => {
    const value = valueAt(given, tick, base);
    return { tick, value: step === 1 ? Math.round(value) : value };
  });
}

/** A picture of what a parameter is going to do, on its own range. */
export function scheduleCurve(given: Schedule, now: number, base: number, { min, max, step }: { min: number; max: number; step: number }): SVGSVGElement {
  const { from, to } = horizon(given, now);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('class', 'curve');
  svg.setAttribute('role', 'img');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-label', `${scheduleInWords(given)}; from tick ${count(from)} to ${count(to)}, within ${figure(min)} to ${figure(max)}`);
  const line = document.createElementNS(SVG, 'polyline');
  const points = curvePoints(given, from, to, base, step).map(({ tick, value }) => {
    const height = (HEIGHT - 4) * (1 - (value - min) / Math.max(max - min, 1e-9));
    return `${(WIDTH * (tick - from) / (to - from)).toFixed(1)},${(2 + height).toFixed(1)}`;
  });
  line.setAttribute('points', points.join(' '));
  svg.append(line);
  return svg;
}

/** What the picture spans. */
export function spanInWords(given: Schedule, now: number): string {
  const { from, to } = horizon(given, now);
  return `ticks ${count(from)} to ${count(to)}`;
}

/** `ramp to 0.8 until tick 4 000`. */
export function scheduleInWords(given: Schedule): string {
  switch (given.kind) {
    case 'constant': return `held at ${figure(given.value)}`;
    case 'ramp': return `ramp from ${figure(given.from)} to ${figure(given.to)}, tick ${count(given.start)} to ${count(given.start + given.ticks)}`;
    case 'step': return given.values.length === 1 ? `step to ${figure(given.values[0]!.value)} at tick ${count(given.values[0]!.at)}` : `${given.values.length} steps from tick ${count(given.values[0]!.at)} on`;
    case 'season': return `season of ${count(given.period)} ticks, ${figure(given.mean)} ± ${figure(given.amplitude)}${given.phase === 0 ? '' : `, phase ${figure(given.phase)}`}`;
    case 'shock': return `shock of ${figure(given.value)} at tick ${count(given.at)} for ${count(given.ticks)}`;
    case 'manual': return 'turned by hand';
  }
}
