import { combineLatest } from 'rxjs';
import type { ClientMessage, HueFacts } from '../protocol.ts';
import { byId, element } from './dom.ts';
import { actColour, css, hueGradient, type PaletteName } from './palette.ts';
import { placeUnder } from './popovers.ts';
import { keep, recall } from './remembered.ts';
import type { Store } from './state.ts';
import { chooseTheme, themeChoice, THEMES } from './theme.ts';
import { figure } from './words.ts';
import type { ShownHue, WorldView } from './world-view.ts';

const PALETTES: Record<PaletteName, string> = { lichen: 'lichen', clear: 'safe for colour-blind eyes' };
const MARKS = ['births', 'deaths', 'signals'] as const;
const NO_FIELD = 'none';
const ALL_FIELDS = 'all';

type Choice = Record<(typeof MARKS)[number], boolean> & { hue: string; field: string; palette: PaletteName };

/** What was chosen on the last visit; whatever is not understood is as at first. */
function lastChoice(): Choice {
  const first: Choice = { hue: '', field: ALL_FIELDS, palette: 'lichen', births: true, deaths: false, signals: true };
  try {
    const kept = JSON.parse(recall('choices') ?? '{}') as Partial<Record<keyof Choice, unknown>>;
    const text = (key: 'hue' | 'field'): string => (typeof kept[key] === 'string' ? kept[key] : first[key]);
    const marks = Object.fromEntries(MARKS.map((mark) => [mark, typeof kept[mark] === 'boolean' ? kept[mark] : first[mark]]));
    return { ...first, ...marks, hue: text('hue'), field: text('field'), palette: kept.palette === 'clear' ? 'clear' : 'lichen' };
  } catch {
    return first;
  }
}

/** The quiet bar over the world: what colours mean, which fields and marks are drawn. Without a picture there is no bar. */
export function showChoices(store: Store, send: (message: ClientMessage) => void, view: WorldView): void {
  const bar = byId('choices', HTMLElement);
  const legend = element('span', { id: 'legend' });
  const hues = element('select', { id: 'choice-colour' });
  const fields = element('select', { id: 'choice-field' });
  const choice = lastChoice();

  const tell = (): void => {
    const { world } = store.now;
    if (world === null) return;
    const named = world.fields.filter(({ name }) => choice.field === ALL_FIELDS || name === choice.field);
    send({ type: 'show', fields: named.map(({ name }) => name), ...choice.hue === '' ? {} : { hue: choice.hue } });
  };
  const draw = (): void => {
    const { world } = store.now;
    const at = world?.fields.findIndex(({ name }) => name === choice.field) ?? -1;
    const { palette, births, deaths, signals } = choice;
    view.choose({ palette, births, deaths, signals, fields: choice.field === ALL_FIELDS ? null : at < 0 ? [] : [at] });
    store.change((draft) => { draft.palette = palette; });
  };
  const change = (next: Partial<Choice>): void => {
    Object.assign(choice, next);
    keep('choices', JSON.stringify(choice));
    draw();
    if (next.hue !== undefined || next.field !== undefined) tell();
  };

  hues.addEventListener('change', () => change({ hue: hues.value }));
  fields.addEventListener('change', () => change({ field: fields.value }));
  const marks = MARKS.map((name) => {
    const box = element('input', { type: 'checkbox', id: `choice-${name}`, checked: choice[name] });
    box.addEventListener('change', () => change({ [name]: box.checked }));
    return element('label', {}, box, name);
  });
  bar.replaceChildren(element('label', {}, 'colour ', hues), element('label', {}, 'field ', fields), ...marks, lookMenu(choice.palette, (palette) => change({ palette })), legend);

  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    view.setHues(world.hues);
    if (!world.hues.some(({ name }) => name === choice.hue)) choice.hue = world.hues[0]?.name ?? '';
    if (!world.fields.some(({ name }) => name === choice.field) && choice.field !== NO_FIELD) choice.field = ALL_FIELDS;
    hues.replaceChildren(...world.hues.map(({ name, title, sentence }) => element('option', { value: name, title: sentence }, title.toLowerCase())));
    hues.value = choice.hue;
    const several = world.fields.length > 1 ? [element('option', { value: ALL_FIELDS }, 'all')] : [];
    fields.replaceChildren(...several, ...world.fields.map(({ name, title }) => element('option', { value: name }, title.toLowerCase())), element('option', { value: NO_FIELD }, NO_FIELD));
    if (several.length === 0 && choice.field === ALL_FIELDS) fields.value = world.fields[0]?.name ?? NO_FIELD;
    else fields.value = choice.field;
    draw();
    // a simulation that greets the page anew has forgotten what it was asked to show
    tell();
  });
  combineLatest([view.shown$, store.watch(({ world }) => world), store.watch(({ palette }) => palette)]).subscribe(([shown, world, palette]) => {
    const hue = world?.hues[shown.hue];
    legend.replaceChildren(...hue === undefined ? [] : legendOf(hue, shown, palette, world?.acts ?? []));
    legend.hidden = hue === undefined;
    if (hue !== undefined) legend.dataset['hue'] = hue.name;
    if (hue !== undefined && shown.past && hue.name !== choice.hue) legend.append(element('span', { class: 'amber' }, `the past is kept by ${hue.title.toLowerCase()}`));
  });
}

/** Palette and theme, which are chosen once, behind a word. */
function lookMenu(palette: PaletteName, choosePalette: (palette: PaletteName) => void): HTMLElement {
  const palettes = element('select', { id: 'choice-palette' }, ...Object.entries(PALETTES).map(([name, words]) => element('option', { value: name, selected: name === palette }, words)));
  palettes.addEventListener('change', () => choosePalette(palettes.value === 'clear' ? 'clear' : 'lichen'));
  const themes = element('select', { id: 'choice-theme' }, ...THEMES.map((name) => element('option', { value: name, selected: name === themeChoice() }, name === 'system' ? 'as the system' : name)));
  themes.addEventListener('change', () => chooseTheme(THEMES.find((name) => name === themes.value) ?? 'system'));
  const menu = element('div', { popover: 'auto', class: 'menu', id: 'look-menu', 'aria-label': 'Palette and theme' }, element('label', {}, 'palette ', palettes), element('label', {}, 'theme ', themes));
  const button = element('button', { type: 'button', class: 'plain', id: 'look-button', popovertarget: 'look-menu', 'aria-expanded': false }, 'look');
  placeUnder(menu, button);
  return element('span', {}, button, menu);
}

function legendOf({ kind, title, sentence, unit, labels }: HueFacts, { from, to }: ShownHue, palette: PaletteName, acts: readonly { name: string; sentence: string }[]): (Node | string)[] {
  if (kind === 'category') {
    const about = new Map(acts.map((act) => [act.name, act.sentence]));
    return labels.map((name, index) => {
      const dot = element('i', { class: 'swatch' });
      dot.style.background = css(actColour(palette, index));
      return element('span', { class: 'chip', title: about.get(name) ?? sentence }, dot, name);
    });
  }
  const ramp = element('i', { class: 'ramp', title: `${title}: ${sentence}` });
  ramp.style.background = hueGradient(palette, kind);
  return kind === 'linear' ? [from === 0 ? '0' : figure(from), ramp, `${figure(to)}${unit === '' ? '' : ` ${unit}`}`] : [ramp, sentence];
}
