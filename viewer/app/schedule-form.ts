import { extremesOf, schedule as scheduleShape, type Schedule } from '../../core/schedules/schedule.ts';
import type { ClientMessage, ParameterFacts } from '../protocol.ts';
import { element, setText } from './dom.ts';
import { scheduleCurve } from './schedule-curve.ts';
import type { Store } from './state.ts';
import { stepped } from './words.ts';

type Kind = Schedule['kind'];
interface Field { name: string; title: string; first(facts: ParameterFacts, value: number, tick: number): number; ticks?: boolean }

const middle = ({ min, max, step }: ParameterFacts, share: number): number => Number(stepped(min + (max - min) * share, step));
const other = (facts: ParameterFacts, value: number): number => middle(facts, value - facts.min > (facts.max - facts.min) / 2 ? 0.2 : 0.8);
const value: Field = { name: 'value', title: 'value', first: (_, now) => now };

/** What a kind asks for, and what it begins with: something that does something, soon. */
const FIELDS: Record<Kind, readonly Field[]> = {
  manual: [],
  constant: [value],
  ramp: [
    { name: 'from', title: 'from', first: (_, now) => now },
    { name: 'to', title: 'to', first: other },
    { name: 'start', title: 'at tick', ticks: true, first: (_, __, tick) => tick },
    { name: 'ticks', title: 'for ticks', ticks: true, first: () => 1000 },
  ],
  step: [
    { name: 'value', title: 'to', first: other },
    { name: 'at', title: 'at tick', ticks: true, first: (_, __, tick) => tick + 100 },
  ],
  season: [
    { name: 'mean', title: 'around', first: (facts) => middle(facts, 0.5) },
    { name: 'amplitude', title: 'amplitude', first: (facts) => Number(stepped((facts.max - facts.min) * 0.3, facts.step)) },
    { name: 'period', title: 'period, ticks', ticks: true, first: () => 500 },
  ],
  shock: [
    { ...value, first: other },
    { name: 'at', title: 'at tick', ticks: true, first: (_, __, tick) => tick + 100 },
    { name: 'ticks', title: 'for ticks', ticks: true, first: () => 200 },
  ],
};

const TITLES: Record<Kind, string> = { manual: 'by hand', constant: 'constant', ramp: 'ramp', step: 'step', season: 'season', shock: 'shock' };

/** The values of a schedule's fields; a schedule of several steps is read by its first. */
function valuesOf(given: Schedule): Record<string, number> {
  if (given.kind === 'step') return { value: given.values[0]!.value, at: given.values[0]!.at };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** One sentence about what is wrong with the numbers of a form, or the schedule that they make. */
function readSchedule(kind: Kind, numbers: Record<string, number>, facts: ParameterFacts): Schedule | string {
  const strange = FIELDS[kind].find(({ name }) => !Number.isFinite(numbers[name]));
  if (strange !== undefined) return `“${strange.title}” needs a number.`;
  const made = scheduleShape.safeParse(kind === 'step' ? { kind, values: [{ at: numbers['at'], value: numbers['value'] }] } : { kind, ...numbers });
  if (!made.success) {
    const [issue] = made.error.issues;
    const field = FIELDS[kind].find(({ name }) => issue?.path.includes(name));
    return `“${field?.title ?? kind}” must be ${field?.ticks === true ? 'a whole number of ticks' : 'a number'}${field?.name === 'ticks' || field?.name === 'period' ? ', 2 or more' : ', 0 or more'}.`;
  }
  const outside = extremesOf(made.data).find(({ value: reach }) => reach < facts.min || reach > facts.max);
  if (outside !== undefined) return `It would reach ${stepped(outside.value, facts.step)}, but ${facts.title} goes from ${facts.min} to ${facts.max}.`;
  return made.data;
}

/** The form by which a parameter is left to a schedule; `done` is called when it has been sent. */
export function scheduleForm(facts: ParameterFacts, store: Store, send: (message: ClientMessage) => void, done: () => void): HTMLElement {
  const now = (): number => store.now.values[facts.key] ?? facts.value;
  const tick = (): number => store.now.totals?.tick ?? 0;
  const running = store.now.schedules[facts.key] ?? null;
  const kinds = element('select', { 'aria-label': 'Kind of schedule' }, ...(Object.keys(FIELDS) as Kind[]).map((kind) => element('option', { value: kind, selected: kind === (running?.kind ?? 'manual') }, TITLES[kind])));
  const fields = element('div', { class: 'fields' });
  const picture = element('div', { class: 'curve-frame' });
  const trouble = element('p', { class: 'trouble', role: 'alert' });
  const apply = element('button', { type: 'submit', class: 'quiet' }, 'start');
  const form = element('form', { class: 'schedule-form', novalidate: true }, element('h3', {}, facts.title), kinds, fields, picture, trouble, apply);

  const read = (): Schedule | string => {
    const kind = kinds.value as Kind;
    const numbers = Object.fromEntries([...fields.querySelectorAll('input')].map((input) => [input.name, input.valueAsNumber]));
    return readSchedule(kind, numbers, facts);
  };
  const reflect = (): void => {
    const made = read();
    const wrong = typeof made === 'string';
    setText(trouble, wrong ? made : '');
    apply.disabled = wrong;
    setText(apply, kinds.value === 'manual' ? 'leave it to hands' : 'start');
    picture.hidden = wrong || made.kind === 'manual';
    if (!wrong) picture.replaceChildren(scheduleCurve(made, tick(), now(), facts));
  };
  const build = (): void => {
    const kind = kinds.value as Kind;
    const given = running?.kind === kind ? valuesOf(running) : {};
    fields.replaceChildren(...FIELDS[kind].map(({ name, title, first, ticks = false }) => {
      const input = element('input', { type: 'number', name, step: ticks ? 1 : facts.step, value: given[name] ?? first(facts, now(), tick()) });
      input.addEventListener('input', reflect);
      return element('label', {}, title, input);
    }));
    reflect();
  };
  kinds.addEventListener('change', build);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const made = read();
    if (typeof made === 'string') return;
    send({ type: 'schedule', key: facts.key, schedule: made.kind === 'manual' ? null : made });
    done();
  });
  build();
  return form;
}
