import type { Schedule } from '../../core/schedules/schedule.ts';
import type { ClientMessage, ParameterFacts } from '../protocol.ts';
import { element, setText } from './dom.ts';
import { rangeInWords } from './pressure-row.ts';
import { scheduleCurve, spanInWords } from './schedule-curve.ts';
import { firstParts, nextStep, partsOf, readSchedule, SCHEDULE_FIELDS, SCHEDULE_TITLES, type ScheduleKind, type SchedulePart } from './schedule-fields.ts';
import type { Store } from './state.ts';

/** Steps that fit a form; longer schedules are written in specs. */
const MOST_STEPS = 50;

/** The form by which a parameter is left to a schedule, or its schedule is changed; `done` is called when it has been sent. */
export function scheduleForm(facts: ParameterFacts, store: Store, send: (message: ClientMessage) => void, done: () => void): HTMLElement {
  const now = (): number => store.now.values[facts.key] ?? facts.value;
  const tick = (): number => store.now.totals?.tick ?? 0;
  const running = store.now.schedules[facts.key] ?? null;
  const base = store.now.bases[facts.key];
  const kinds = element('select', { 'aria-label': 'Kind of schedule' }, ...(Object.keys(SCHEDULE_FIELDS) as ScheduleKind[]).map((kind) => (
    element('option', { value: kind, selected: kind === (running?.kind ?? 'manual') }, SCHEDULE_TITLES[kind]))));
  const fields = element('div', { class: 'parts' });
  const more = element('button', { type: 'button', class: 'plain more-steps' }, '+ another step');
  const picture = element('div', { class: 'curve-frame' });
  const span = element('p', { class: 'dim' });
  const trouble = element('p', { class: 'trouble', role: 'alert' });
  const apply = element('button', { type: 'submit', class: 'quiet' });
  const form = element('form', { class: 'schedule-form', novalidate: true }, element('h3', {}, facts.title), element('p', { class: 'about dim' }, rangeInWords(facts)), kinds, fields, more, picture, span, trouble, apply);

  const kindNow = (): ScheduleKind => kinds.value as ScheduleKind;
  const partsNow = (): SchedulePart[] => [...fields.children].map((row) => Object.fromEntries([...row.querySelectorAll('input')].map((input) => [input.name, input.valueAsNumber])));
  const read = (): Schedule | string => readSchedule(kindNow(), partsNow(), facts);
  const reflect = (): void => {
    const made = read();
    const wrong = typeof made === 'string';
    setText(trouble, wrong ? made : '');
    apply.disabled = wrong;
    setText(apply, kindNow() === 'manual' ? 'leave it to hands' : running === null ? 'start' : 'change');
    more.hidden = kindNow() !== 'step' || fields.children.length >= MOST_STEPS;
    picture.hidden = span.hidden = wrong || made.kind === 'manual';
    if (wrong) return;
    picture.replaceChildren(scheduleCurve(made, tick(), base ?? now(), facts));
    setText(span, spanInWords(made, tick()));
  };
  const show = (parts: readonly SchedulePart[]): void => {
    const isOfSteps = kindNow() === 'step';
    fields.replaceChildren(...parts.map((part, index) => {
      const inputs = SCHEDULE_FIELDS[kindNow()].map(({ name, title, least, share }) => {
        const input = element('input', { type: 'number', name, step: least !== undefined ? 1 : share === true ? 'any' : facts.step, value: part[name] });
        input.addEventListener('input', reflect);
        // of many steps the first says what stands below
        return element('label', {}, element('span', index === 0 ? {} : { class: 'unseen' }, title), input);
      });
      const row = element('div', { class: 'fields', ...isOfSteps ? { role: 'group', 'aria-label': `Step ${index + 1}` } : {} }, ...inputs);
      if (!isOfSteps || parts.length < 2) return row;
      const remove = element('button', { type: 'button', class: 'close', 'aria-label': `Remove step ${index + 1}` }, '×');
      remove.addEventListener('click', () => {
        show(partsNow().filter((_, each) => each !== index));
        const rows = [...fields.children];
        rows[Math.min(index, rows.length - 1)]?.querySelector('input')?.focus();
      });
      row.append(remove);
      return row;
    }));
    reflect();
  };
  const build = (): void => show(running?.kind === kindNow() ? partsOf(running) : firstParts(kindNow(), facts, now(), tick()));

  more.addEventListener('click', () => {
    const parts = partsNow();
    show([...parts, nextStep(parts, facts, base ?? now(), tick())]);
    fields.lastElementChild?.querySelector('input')?.focus();
  });
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
