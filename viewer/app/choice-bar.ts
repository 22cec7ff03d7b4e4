import { byId, element } from './dom.ts';
import { actColour, css, type PaletteName } from './palette.ts';
import type { Store } from './state.ts';
import type { ColourBy, WorldChoices } from './world-view.ts';

/** The quiet bar over the world: what colours mean, and which marks are drawn. */
export function showChoices(store: Store, choose: (change: Partial<WorldChoices>) => void): void {
  const bar = byId('choices', HTMLElement);
  const legend = element('span', { id: 'legend' });
  let palette: PaletteName = 'lichen';
  let colourBy: ColourBy = 'lineage';

  const chip = (colour: string, name: string, title: string): HTMLElement => {
    const dot = element('i', { class: 'swatch' });
    dot.style.background = colour;
    return element('span', { class: 'chip', title }, dot, name);
  };
  const drawLegend = (): void => {
    const { world } = store.now;
    if (colourBy === 'act' && world !== null) {
      legend.replaceChildren(...world.acts.map(({ name, sentence }, index) => chip(css(actColour(palette, index)), name, sentence)));
    } else if (colourBy === 'energy' && world !== null) {
      const ramp = element('i', { class: 'ramp' });
      legend.replaceChildren('0', ramp, `${world.energyFull} energy`);
    } else {
      legend.replaceChildren();
    }
    legend.hidden = legend.childNodes.length === 0;
  };

  const select = <T extends string>(name: string, values: readonly T[], change: (value: T) => void): HTMLElement => {
    const box = element('select', { id: `choice-${name}` }, ...values.map((value) => element('option', { value }, value)));
    box.addEventListener('change', () => {
      change(box.value as T);
      drawLegend();
    });
    return element('label', {}, `${name} `, box);
  };
  const check = (name: 'field' | 'births'): HTMLElement => {
    const box = element('input', { type: 'checkbox', id: `choice-${name}`, checked: true });
    box.addEventListener('change', () => choose({ [name]: box.checked }));
    return element('label', {}, box, name);
  };

  bar.replaceChildren(
    select<ColourBy>('colour', ['lineage', 'energy', 'act'], (value) => {
      colourBy = value;
      choose({ colourBy });
    }),
    select<PaletteName>('palette', ['lichen', 'clear'], (value) => {
      palette = value;
      choose({ palette });
      store.change((draft) => { draft.palette = value; });
    }),
    check('field'), check('births'), legend);
  store.watch(({ world }) => world).subscribe(drawLegend);
}
