import { asyncScheduler, fromEvent, map, merge, throttleTime } from 'rxjs';
import type { ClientMessage, ParameterFacts } from '../protocol.ts';
import { byId, element, setText } from './dom.ts';
import type { Store } from './state.ts';
import { stepped } from './words.ts';

const SEND_EVERY_MS = 120;

function inWords({ step, unit }: ParameterFacts, value: number): string {
  return `${stepped(value, step)}${unit === '' ? '' : ` ${unit}`}`;
}

/** Share of the slider's way, for the filled part of its track. */
function way({ min, max }: ParameterFacts, value: number): string {
  return `${(100 * (value - min) / Math.max(max - min, 1e-9)).toFixed(1)}%`;
}

function slider(facts: ParameterFacts, store: Store, send: (message: ClientMessage) => void): HTMLElement {
  const id = `pressure-${facts.key}`;
  const value = element('output', { for: id });
  const input = element('input', {
    type: 'range', id, 'data-key': facts.key, min: facts.min, max: facts.max, step: facts.step, value: facts.value,
    title: facts.sentence, disabled: !facts.live, 'aria-describedby': `${id}-about`,
  });
  let held = false;
  const reflect = (now: number): void => {
    setText(value, inWords(facts, now));
    input.style.setProperty('--way', way(facts, now));
    input.setAttribute('aria-valuetext', inWords(facts, now));
  };
  merge(fromEvent(input, 'pointerdown').pipe(map(() => true)), fromEvent(window, 'pointerup').pipe(map(() => false)))
    .subscribe((isHeld) => { held = isHeld; });
  fromEvent(input, 'input').subscribe(() => reflect(input.valueAsNumber));
  fromEvent(input, 'input').pipe(
    throttleTime(SEND_EVERY_MS, asyncScheduler, { leading: true, trailing: true }),
    map(() => input.valueAsNumber),
  ).subscribe((now) => send({ type: 'set', key: facts.key, value: now }));
  fromEvent(input, 'dblclick').subscribe(() => send({ type: 'set', key: facts.key, value: facts.initial }));
  store.watch(({ values }) => values[facts.key]).subscribe((now) => {
    // A value on its way back must not pull the handle out of the hand that holds it.
    if (now === undefined || held) return;
    input.valueAsNumber = now;
    reflect(now);
  });
  return element('div', { class: 'pressure', title: facts.sentence },
    element('label', { for: id }, facts.title), input, value, element('span', { class: 'unseen', id: `${id}-about` }, facts.sentence));
}

/** A parameter that is either on or off. */
function toggle(facts: ParameterFacts, store: Store, send: (message: ClientMessage) => void): HTMLElement {
  const id = `pressure-${facts.key}`;
  const value = element('output', { for: id });
  const input = element('input', { type: 'checkbox', role: 'switch', id, 'data-key': facts.key, disabled: !facts.live, 'aria-describedby': `${id}-about` });
  fromEvent(input, 'change').subscribe(() => send({ type: 'set', key: facts.key, value: input.checked ? 1 : 0 }));
  store.watch(({ values }) => values[facts.key]).subscribe((now) => {
    if (now === undefined) return;
    input.checked = now !== 0;
    setText(value, now === 0 ? 'off' : 'on');
  });
  return element('div', { class: 'pressure', title: facts.sentence },
    element('label', { for: id }, facts.title), input, value, element('span', { class: 'unseen', id: `${id}-about` }, facts.sentence));
}

const isSwitch = ({ min, max, step }: ParameterFacts): boolean => min === 0 && max === 1 && step === 1;

/** A slider or switch for each pressure, those of the model under a heading of their own; then the other parameters as facts. */
export function showPressures(store: Store, send: (message: ClientMessage) => void): void {
  const host = byId('pressures', HTMLElement);
  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    const control = (facts: ParameterFacts): HTMLElement => (isSwitch(facts) ? toggle : slider)(facts, store, send);
    const pressures = world.parameters.filter(({ pressure }) => pressure);
    const ofModel = pressures.filter((facts) => facts.ofModel);
    const others = world.parameters.filter(({ pressure }) => !pressure);
    host.replaceChildren(...pressures.filter((facts) => !facts.ofModel).map(control));
    if (ofModel.length > 0) {
      host.append(element('div', { class: 'group', role: 'group', 'aria-labelledby': 'pressures-model' }, element('h3', { id: 'pressures-model' }, 'Model'), ...ofModel.map(control)));
    }
    if (others.length === 0) return;
    const rows = others.map((facts) => {
      const value = element('dd', {}, inWords(facts, facts.value));
      store.watch(({ values }) => values[facts.key]).subscribe((now) => {
        if (now !== undefined) setText(value, inWords(facts, now));
      });
      return element('div', { title: facts.sentence }, element('dt', {}, facts.title), value);
    });
    host.append(element('details', { id: 'parameters' }, element('summary', {}, `${others.length} other parameters`), element('dl', {}, ...rows)));
  });
}
