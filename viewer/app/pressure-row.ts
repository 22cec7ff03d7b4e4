import { asyncScheduler, fromEvent, map, merge, throttleTime } from 'rxjs';
import type { ClientMessage, ParameterFacts } from '../protocol.ts';
import { element, setText } from './dom.ts';
import { scheduleInWords } from './schedule-curve.ts';
import type { Store } from './state.ts';
import { shortUnit, stepped } from './words.ts';

const SEND_EVERY_MS = 120;
type Send = (message: ClientMessage) => void;

/** Share of the slider's way, for the filled part of its track. */
function way({ min, max }: ParameterFacts, value: number): string {
  return `${(100 * (value - min) / Math.max(max - min, 1e-9)).toFixed(1)}%`;
}

/** What it is, and how far it goes. */
export const rangeInWords = ({ min, max, unit, sentence }: ParameterFacts): string => `${sentence} From ${min} to ${max}${unit === '' ? '' : ` ${unit}`}.`;

/** A slider, and a field for whoever knows the number. */
function slider(facts: ParameterFacts, id: string, store: Store, send: Send): HTMLElement[] {
  const about = `${id}-about`;
  const range = element('input', { type: 'range', id, 'data-key': facts.key, min: facts.min, max: facts.max, step: facts.step, value: facts.value, disabled: !facts.live, 'aria-describedby': about });
  const field = element('input', { type: 'number', class: 'exact', 'data-field': facts.key, min: facts.min, max: facts.max, step: 'any', disabled: !facts.live, 'aria-label': `${facts.title}${facts.unit === '' ? '' : `, ${facts.unit}`}`, 'aria-describedby': about });
  let held = false;
  const inWords = (now: number): string => `${stepped(now, facts.step)}${facts.unit === '' ? '' : ` ${facts.unit}`}`;
  const reflect = (now: number): void => {
    if (document.activeElement !== field) field.value = stepped(now, facts.step);
    range.style.setProperty('--way', way(facts, now));
    range.setAttribute('aria-valuetext', inWords(now));
  };
  merge(fromEvent(range, 'pointerdown').pipe(map(() => true)), fromEvent(window, 'pointerup').pipe(map(() => false)))
    .subscribe((isHeld) => { held = isHeld; });
  fromEvent(range, 'input').subscribe(() => reflect(range.valueAsNumber));
  fromEvent(range, 'input').pipe(
    throttleTime(SEND_EVERY_MS, asyncScheduler, { leading: true, trailing: true }),
    map(() => range.valueAsNumber),
  ).subscribe((now) => send({ type: 'set', key: facts.key, value: now }));
  fromEvent(range, 'dblclick').subscribe(() => send({ type: 'set', key: facts.key, value: facts.initial }));
  fromEvent<KeyboardEvent>(field, 'keydown').subscribe((event) => {
    event.stopPropagation();
    if (event.key === 'Enter') field.blur();
    if (event.key === 'Escape') {
      field.value = stepped(store.now.values[facts.key] ?? facts.value, facts.step);
      field.blur();
    }
  });
  fromEvent(field, 'change').subscribe(() => {
    // what the range does not hold is refused by the simulation, with the range in its sentence
    if (Number.isFinite(field.valueAsNumber)) send({ type: 'set', key: facts.key, value: field.valueAsNumber });
  });
  fromEvent(field, 'blur').subscribe(() => { field.value = stepped(store.now.values[facts.key] ?? facts.value, facts.step); });
  store.watch(({ values }) => values[facts.key]).subscribe((now) => {
    // a value on its way back must not pull the handle out of the hand that holds it
    if (now === undefined || held) return;
    range.valueAsNumber = now;
    reflect(now);
  });
  return [range, element('span', { class: 'value' }, field, element('span', { class: 'unit' }, shortUnit(facts.unit)))];
}

/** A parameter that is either on or off. */
function toggle(facts: ParameterFacts, id: string, store: Store, send: Send): HTMLElement[] {
  const value = element('output', { for: id, class: 'value' });
  const box = element('input', { type: 'checkbox', role: 'switch', id, 'data-key': facts.key, disabled: !facts.live, 'aria-describedby': `${id}-about` });
  fromEvent(box, 'change').subscribe(() => send({ type: 'set', key: facts.key, value: box.checked ? 1 : 0 }));
  store.watch(({ values }) => values[facts.key]).subscribe((now) => {
    if (now === undefined) return;
    box.checked = now !== 0;
    setText(value, now === 0 ? 'off' : 'on');
  });
  return [box, value];
}

/** One pressure: its title, what turns it, and the button that leaves it to a schedule. */
export function pressureRow(facts: ParameterFacts, store: Store, send: Send, openSchedule: (button: HTMLElement) => void): HTMLElement {
  const id = `pressure-${facts.key}`;
  const isSwitch = facts.min === 0 && facts.max === 1 && facts.step === 1;
  const schedule = element('button', { type: 'button', class: 'clockwork', 'data-schedule': facts.key, 'aria-haspopup': 'dialog', 'aria-expanded': false, disabled: !facts.live }, '∿');
  schedule.addEventListener('click', () => openSchedule(schedule));
  const note = element('span', { class: 'on-schedule', hidden: true });
  const row = element('div', { class: 'pressure', title: rangeInWords(facts) },
    element('label', { for: id }, facts.title), ...(isSwitch ? toggle : slider)(facts, id, store, send), schedule, note,
    element('span', { class: 'unseen', id: `${id}-about` }, rangeInWords(facts)));
  store.watch(({ schedules }) => schedules[facts.key]).subscribe((given) => {
    const words = given === undefined ? '' : scheduleInWords(given);
    row.classList.toggle('scheduled', given !== undefined);
    note.hidden = given === undefined;
    setText(note, given === undefined ? '' : `${words} · a turn by hand ends it`);
    schedule.setAttribute('aria-label', given === undefined ? `Leave ${facts.title} to a schedule` : `Schedule of ${facts.title}: ${words}`);
    schedule.title = given === undefined ? 'Schedule' : words;
  });
  return row;
}
