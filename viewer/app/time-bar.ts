import { auditTime, combineLatest, fromEvent } from 'rxjs';
import type { ClientMessage, LogLine } from '../protocol.ts';
import { byId, element, icon, setText } from './dom.ts';
import type { Store } from './state.ts';
import { theme$ } from './theme.ts';
import { count, figure, withVisibleControls } from './words.ts';

const REDRAW_MS = 200;
/** Ticks a second to choose from; 0 is as fast as the machine goes. */
const SPEEDS = [1, 4, 10, 30, 60, 0];
const PLAY = 'M4 2.5v11l9-5.5z';
const PAUSE = 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z';
const STEP = 'M3 2.5v11l7.5-5.5zM11.5 2.5h2v11h-2z';

/** Play, step and speed; the population so far as a silhouette with a pin for each command. */
export function showTimeBar(store: Store, send: (message: ClientMessage) => void): void {
  const play = byId('play', HTMLButtonElement);
  const step = byId('step', HTMLButtonElement);
  const toggle = (): void => send({ type: store.now.playing ? 'pause' : 'play' });
  const stepOnce = (): void => send({ type: 'step', ticks: 1 });
  step.append(icon(STEP));
  fromEvent(play, 'click').subscribe(toggle);
  fromEvent(step, 'click').subscribe(stepOnce);
  store.watch(({ playing }) => playing).subscribe((playing) => {
    play.replaceChildren(icon(playing ? PAUSE : PLAY));
    play.setAttribute('aria-label', playing ? 'Pause (space)' : 'Play (space)');
    play.title = playing ? 'pause (space)' : 'play (space)';
    play.dataset['playing'] = String(playing);
  });
  step.title = 'one step (.)';

  const speedButtons = SPEEDS.map((speed) => {
    const name = speed === 0 ? 'as fast as the machine goes' : `${speed} ticks a second`;
    const button = element('button', { type: 'button', 'data-speed': speed, 'aria-label': name, title: `${name} (+ and −)` }, speed === 0 ? 'max' : String(speed));
    fromEvent(button, 'click').subscribe(() => send({ type: 'speed', ticksPerSecond: speed }));
    return button;
  });
  byId('speed', HTMLElement).append(...speedButtons);
  store.watch(({ ticksPerSecond }) => ticksPerSecond).subscribe((now) => {
    for (const button of speedButtons) button.setAttribute('aria-pressed', String(Number(button.dataset['speed']) === now));
  });
  const changeSpeed = (by: 1 | -1): void => {
    const asRate = (speed: number): number => speed === 0 ? Infinity : speed;
    const now = asRate(store.now.ticksPerSecond);
    const next = by > 0 ? SPEEDS.find((speed) => asRate(speed) > now) : SPEEDS.findLast((speed) => asRate(speed) < now);
    if (next !== undefined) send({ type: 'speed', ticksPerSecond: next });
  };
  fromEvent<KeyboardEvent>(window, 'keydown').subscribe((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    // Typing goes where it is typed; space on a button or a summary presses it.
    if (target?.closest('input[type=number]')) return;
    if (event.key === ' ' && target?.closest('button, summary, a, input:not([type=range])') !== null && target !== null) return;
    if (event.key === ' ') toggle();
    else if (event.key === '.') stepOnce();
    else if (event.key === '+' || event.key === '=') changeSpeed(1);
    else if (event.key === '-') changeSpeed(-1);
    else return;
    event.preventDefault();
  });

  const clock = byId('clock', HTMLElement);
  const rate = byId('rate', HTMLElement);
  store.watch(({ totals }) => totals?.tick ?? 0).subscribe((tick) => setText(clock, count(tick)));
  combineLatest([
    store.watch(({ measuredTicksPerSecond }) => measuredTicksPerSecond), store.watch(({ playing }) => playing), store.watch(({ totals }) => (totals?.model.inFlight ?? 0) > 0),
  ]).subscribe(([measured, playing, isAsking]) => {
    setText(rate, !playing ? 'paused' : measured === 0 && isAsking ? 'waits for the model' : `${figure(measured)} ticks/s`);
  });

  showHistory(store);
}

function showHistory(store: Store): void {
  const canvas = byId('history', HTMLCanvasElement);
  const pins = byId('pins', HTMLElement);

  const span = (): number => Math.max(1, store.now.totals?.tick ?? 0, store.now.series.at(-1)?.tick ?? 0);

  const draw = (fill: string, edge: string, line: string): void => {
    const context = canvas.getContext('2d');
    if (context === null || canvas.clientWidth === 0) return;
    const ratio = Math.min(devicePixelRatio, 2);
    const width = canvas.width = Math.round(canvas.clientWidth * ratio);
    const height = canvas.height = Math.round(canvas.clientHeight * ratio);
    const { series } = store.now;
    const most = series.reduce((top, { population }) => Math.max(top, population), 1);
    const last = span();
    const down = (population: number): number => height - population / most * height * 0.86;
    if (series.length > 1) {
      context.beginPath();
      context.moveTo((series[0]?.tick ?? 0) / last * width, height);
      for (const { tick, population } of series) context.lineTo(tick / last * width, down(population));
      const end = series.at(-1);
      context.lineTo(width, down(end?.population ?? 0));
      context.lineTo(width, height);
      context.closePath();
      context.globalAlpha = 0.42;
      context.fillStyle = fill;
      context.fill();
      context.globalAlpha = 1;
    }
    context.fillStyle = line;
    context.fillRect(0, height - ratio, width, ratio);
    context.fillStyle = edge;
    context.fillRect(width - 2 * ratio, 0, 2 * ratio, height);
  };

  const pin = (line: LogLine): HTMLElement => {
    const text = `${count(line.tick)}: ${withVisibleControls(line.text)}`;
    const node = element('i', { class: 'pin', title: text, 'data-seq': line.seq, role: 'img', 'aria-label': text });
    node.style.left = `${(line.tick / span() * 100).toFixed(2)}%`;
    return node;
  };

  combineLatest([theme$, store.watch(({ series }) => series), store.watch((state) => state.pins), store.watch(({ totals }) => totals?.tick)])
    .pipe(auditTime(REDRAW_MS))
    .subscribe(([theme, , lines]) => {
      draw(theme.moss, theme.ink, theme.line);
      // A pin under the pointer keeps its node, so that its words stay to be read.
      const kept = new Map([...pins.children].map((node) => [(node as HTMLElement).dataset['seq'], node as HTMLElement]));
      const nodes = lines.map((line) => {
        const old = kept.get(String(line.seq));
        if (old === undefined) return pin(line);
        old.style.left = `${(line.tick / span() * 100).toFixed(2)}%`;
        return old;
      });
      const isSame = nodes.length === pins.childElementCount && nodes.every((node, index) => pins.children[index] === node);
      if (!isSame) pins.replaceChildren(...nodes);
    });
}
