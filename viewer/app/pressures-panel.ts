import type { ClientMessage, ParameterFacts } from '../protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { dressPanel } from './panel.ts';
import { placeAt } from './popovers.ts';
import { pressureRow } from './pressure-row.ts';
import { scheduleInWords } from './schedule-curve.ts';
import { scheduleForm } from './schedule-form.ts';
import type { Store } from './state.ts';
import { stepped } from './words.ts';

const ROW_PX = 30;
const FOLDED_MODEL = 'lichen.folded.model';

/** The others as facts. */
function parameterList(others: readonly ParameterFacts[], store: Store): HTMLElement {
  const rows = others.map((facts) => {
    const value = element('dd');
    store.watch(({ values }) => values[facts.key] ?? facts.value).subscribe((now) => setText(value, inWords(facts, now)));
    return element('div', { title: facts.sentence }, element('dt', {}, facts.title), value);
  });
  return element('details', { id: 'parameters' }, element('summary', {}, `${others.length} other parameters`), element('dl', {}, ...rows));
}

function inWords({ step, unit }: ParameterFacts, value: number): string {
  return `${stepped(value, step)}${unit === '' ? '' : ` ${unit}`}`;
}

/** A slider and a field, or a switch, for each pressure; those of the model fold away; then the other parameters as facts. */
export function showPressures(store: Store, send: (message: ClientMessage) => void): void {
  const host = byId('pressures', HTMLElement);
  const figures = byId('pressures-figures', HTMLElement);
  const popover = element('div', { popover: 'auto', class: 'menu', id: 'schedule-menu', 'aria-label': 'Schedule' });
  host.after(popover);
  let opener: HTMLElement | null = null;
  popover.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState === 'closed') opener?.setAttribute('aria-expanded', 'false');
  });

  // the form grows and shrinks with the kind that is chosen
  new ResizeObserver(() => {
    if (opener !== null && popover.matches(':popover-open')) placeAt(popover, opener);
  }).observe(popover);

  const pressuresOf = (): ParameterFacts[] => store.now.world?.parameters.filter(({ pressure }) => pressure) ?? [];
  const valueOf = ({ key, value }: ParameterFacts): number => store.now.values[key] ?? value;
  const wordsOf = ({ key }: ParameterFacts): string => {
    const schedule = store.now.schedules[key];
    return schedule === undefined ? '' : scheduleInWords(schedule);
  };
  dressPanel(store, {
    name: 'pressures',
    picture: (theme) => ({
      parts: pressuresOf().map((facts) => ({
        kind: 'drawing', height: ROW_PX, paint(context, width) {
          context.font = '13px system-ui, sans-serif';
          context.textBaseline = 'top';
          context.fillStyle = theme.ink;
          context.fillText(facts.title, 0, 0);
          context.textAlign = 'right';
          context.fillText(`${inWords(facts, valueOf(facts))}  (${facts.min} to ${facts.max})${wordsOf(facts) === '' ? '' : `  ${wordsOf(facts)}`}`, width, 0);
          context.fillStyle = theme.line;
          context.fillRect(0, 20, width, 3);
          context.fillStyle = theme.moss;
          context.fillRect(0, 20, width * (valueOf(facts) - facts.min) / Math.max(facts.max - facts.min, 1e-9), 3);
        },
      })),
    }),
    tables: [{
      name: 'pressures', title: 'All parameters', csv: () => toCsv(['key', 'title', 'value', 'unit', 'min', 'max', 'initial', 'schedule'],
        (store.now.world?.parameters ?? []).map((facts) => [facts.key, facts.title, valueOf(facts), facts.unit, facts.min, facts.max, facts.initial, wordsOf(facts)])),
    }],
  });

  const openSchedule = (facts: ParameterFacts, button: HTMLElement): void => {
    if (popover.matches(':popover-open')) popover.hidePopover();
    opener = button;
    popover.replaceChildren(scheduleForm(facts, store, send, () => {
      popover.hidePopover();
      button.focus();
    }));
    popover.showPopover();
    placeAt(popover, button);
    button.setAttribute('aria-expanded', 'true');
    popover.querySelector('select')?.focus();
  };

  let built = '';
  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    // after a break the same world is told of again: what is in hand stays in hand
    const kind = JSON.stringify(world.parameters.map(({ key, title, sentence, unit, min, max, step, live }) => [key, title, sentence, unit, min, max, step, live]));
    if (kind === built) return;
    built = kind;
    const row = (facts: ParameterFacts): HTMLElement => pressureRow(facts, store, send, (button) => openSchedule(facts, button));
    const pressures = pressuresOf();
    const ofModel = pressures.filter((facts) => facts.ofModel);
    const others = world.parameters.filter(({ pressure }) => !pressure);
    host.replaceChildren(...pressures.filter((facts) => !facts.ofModel).map(row));
    if (ofModel.length > 0) host.append(modelGroup(ofModel.map(row)));
    if (others.length > 0) host.append(parameterList(others, store));
  });
  store.watch(({ schedules }) => schedules).subscribe((schedules) => {
    const turning = Object.keys(schedules).length;
    setText(figures, turning === 0 ? 'turn them while it lives' : `${turning} on schedule`);
  });
}

function modelGroup(rows: readonly HTMLElement[]): HTMLElement {
  const group = element('details', { class: 'group', role: 'group', 'aria-label': 'Model', open: isOpen() }, element('summary', {}, 'Model'), ...rows);
  group.addEventListener('toggle', () => {
    try {
      localStorage.setItem(FOLDED_MODEL, group.open ? 'no' : 'yes');
    } catch {
      // not kept
    }
  });
  return group;
}

function isOpen(): boolean {
  try {
    return localStorage.getItem(FOLDED_MODEL) !== 'yes';
  } catch {
    return true;
  }
}
