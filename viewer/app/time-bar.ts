import { combineLatest, fromEvent } from 'rxjs';
import type { ClientMessage } from '../protocol.ts';
import { byId, element, icon, setText } from './dom.ts';
import type { KeyBinding } from './keys.ts';
import type { Looking } from './looking.ts';
import { rove } from './roving.ts';
import type { Store } from './state.ts';
import { count, figure } from './words.ts';

/** Ticks a second to choose from; 0 is as fast as the machine goes. */
const SPEEDS = [1, 4, 10, 30, 60, 0];
/** An answer that takes longer will not come. */
const ANSWER_MS = 5000;
const PLAY = 'M4 2.5v11l9-5.5z';
const PAUSE = 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z';
const STEP = 'M3 2.5v11l7.5-5.5zM11.5 2.5h2v11h-2z';

/** Play, step and speed, and the clock. Answers with the keys that do the same. */
export function showTimeBar(store: Store, send: (message: ClientMessage) => void, looking: Looking): KeyBinding[] {
  const play = byId('play', HTMLButtonElement);
  const step = byId('step', HTMLButtonElement);
  /** What a hand wants until the simulation is known to have heard of it: what it told before may still be on its way. */
  let wanted: { playing: boolean; isHeard: boolean } | null = null;
  let timer = 0;
  const isPlaying = (): boolean => wanted?.playing ?? store.now.playing;
  const want = (playing: boolean): void => {
    wanted = { playing, isHeard: false };
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      wanted = null;
      show();
    }, ANSWER_MS);
    show();
  };
  const toggle = (): void => {
    const { finished, link } = store.now;
    const playing = !isPlaying();
    send({ type: playing ? 'play' : 'pause' });
    // what cannot go on will not
    if (finished === '' && link === 'open') want(playing);
  };
  const stepOnce = (): void => {
    if (store.now.past === null) {
      send({ type: 'step', ticks: 1 });
      if (isPlaying()) want(false);
    } else looking.by(1);
  };
  function show(): void {
    const playing = isPlaying();
    if (play.dataset['playing'] === String(playing)) return;
    play.replaceChildren(icon(playing ? PAUSE : PLAY));
    play.setAttribute('aria-label', playing ? 'Pause (space)' : 'Play (space)');
    play.title = playing ? 'pause (space)' : 'play (space)';
    play.dataset['playing'] = String(playing);
  }
  step.append(icon(STEP));
  fromEvent(play, 'click').subscribe(toggle);
  fromEvent(step, 'click').subscribe(stepOnce);
  store.watch(({ playing }) => playing).subscribe((playing) => {
    // once it has been as wanted, whatever comes is another's doing
    if (wanted?.playing === playing) wanted.isHeard = true;
    else if (wanted?.isHeard === true) wanted = null;
    show();
  });
  store.watch(({ past }) => past === null).subscribe((isLive) => { step.title = isLive ? 'one step (.)' : 'look one tick later (.)'; });

  const speedButtons = SPEEDS.map((speed) => {
    const name = speed === 0 ? 'as fast as the machine goes' : `${speed} ticks a second`;
    const button = element('button', { type: 'button', 'data-speed': speed, 'aria-label': name, title: `${name} (+ and −)` }, speed === 0 ? 'max' : String(speed));
    fromEvent(button, 'click').subscribe(() => send({ type: 'speed', ticksPerSecond: speed }));
    return button;
  });
  const speeds = byId('speed', HTMLElement);
  speeds.append(...speedButtons);
  rove(speeds, 'button');
  store.watch(({ ticksPerSecond }) => ticksPerSecond).subscribe((now) => {
    for (const button of speedButtons) button.setAttribute('aria-pressed', String(Number(button.dataset['speed']) === now));
  });
  const changeSpeed = (by: 1 | -1): void => {
    const asRate = (speed: number): number => speed === 0 ? Infinity : speed;
    const now = asRate(store.now.ticksPerSecond);
    const next = by > 0 ? SPEEDS.find((speed) => asRate(speed) > now) : SPEEDS.findLast((speed) => asRate(speed) < now);
    if (next !== undefined) send({ type: 'speed', ticksPerSecond: next });
  };

  const clock = byId('clock', HTMLElement);
  const rate = byId('rate', HTMLElement);
  combineLatest([store.watch(({ totals }) => totals?.tick ?? 0), store.watch(({ past }) => past)]).subscribe(([tick, past]) => {
    setText(clock, past === null ? count(tick) : `${count(past.tick)} of ${count(tick)}`);
  });
  combineLatest([
    store.watch(({ measuredTicksPerSecond }) => measuredTicksPerSecond), store.watch(({ playing }) => playing), store.watch(({ totals }) => (totals?.model.inFlight ?? 0) > 0),
  ]).subscribe(([measured, playing, isAsking]) => {
    setText(rate, !playing ? 'paused' : measured === 0 && isAsking ? 'waits for the model' : `${figure(measured)} ticks/s`);
  });

  return [
    { keys: [' '], shown: 'Space', words: 'pause, or go on', press: toggle },
    { keys: ['.'], shown: '.', words: 'one step; in the past, one tick later', press: stepOnce },
    { keys: [','], shown: ',', words: 'look one tick back', press: () => looking.by(-1) },
    { keys: ['+', '='], shown: '+', words: 'faster', press: () => changeSpeed(1) },
    { keys: ['-'], shown: '−', words: 'slower', press: () => changeSpeed(-1) },
    { keys: ['l'], shown: 'L', words: 'back to the present', press: () => looking.live() },
  ];
}
