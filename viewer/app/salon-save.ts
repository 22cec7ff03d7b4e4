import type { SalonDomain } from '../salon-protocol.ts';
import { toCsv } from './csv.ts';
import { byId } from './dom.ts';
import { PICTURE_EDGES, type PicturePart } from './panel-picture.ts';
import { partsOfPanel, type PanelOptions } from './panel.ts';
import { layText, paintText } from './picture-text.ts';
import { cellPlace } from './salon-layout.ts';
import { KIN_IN_WORDS, paintArchive, qualityColour } from './salon-map.ts';
import type { SalonStore } from './salon-state.ts';
import { inFileName } from './save-file.ts';
import { pictureWidth, saveMenu, type SavePicture, type SaveSource } from './save-menu.ts';
import type { Theme } from './theme.ts';

const LEAST_MAP = 640;
const RAMP_PX = 10;

/** What the salon's page saves comes from the run that is drawn: domain, method, seed and texts so far. */
export function salonSource(store: SalonStore): SaveSource {
  return {
    origin() {
      const { run, now: { domain } } = store;
      const [name, method, seed, text] = [domain?.name ?? 'salon', run?.method ?? '', run?.seed ?? 0, run?.state.iteration ?? 0];
      return { name: `${inFileName(`${name} ${method}`)}-${seed}-${text}`, words: `${name}, ${method}, seed ${seed}, text ${text}` };
    },
    refuse: (sentence) => store.change((state) => { state.trouble = sentence; }),
  };
}

/** What is of all runs comes from the experiment as a whole. */
function experimentSource(store: SalonStore): SaveSource {
  const name = (): string => store.now.domain?.name ?? 'salon';
  return { ...salonSource(store), origin: () => ({ name: inFileName(name()), words: name() }) };
}

/** Gives a panel of the column a menu that saves its picture and its tables. */
export function offerPanel(store: SalonStore, { isOfAll = false, ...options }: PanelOptions & { width?(): number; isOfAll?: boolean }): void {
  const { panel, header, heading, figures } = partsOfPanel(options.name);
  header.append(...saveMenu(isOfAll ? experimentSource(store) : salonSource(store), {
    width: () => panel.clientWidth, ...options, title: () => heading.textContent, figures: () => figures?.innerText ?? '',
  }, heading.textContent));
}

/** The scale of colours, and what its ends stand for. */
function scale({ quality: { least, most, labels, question } }: SalonDomain, theme: Theme): PicturePart[] {
  const [high = '', low = ''] = labels;
  const steps = Array.from({ length: 9 }, (_, i) => i / 8);
  return [
    {
      kind: 'drawing', height: 20,
      paint(context, width) {
        const [from, to] = [`${least} ${low}`, `${most} ${high}`].map((words) => layText(context, words, { width: width / 4, mostLines: 1 })) as [ReturnType<typeof layText>, ReturnType<typeof layText>];
        paintText(context, from, 0, 0, theme.dim, width / 4 - 12);
        paintText(context, to, width * 0.75 + 12, 0, theme.dim);
        const ramp = context.createLinearGradient(width / 4, 0, width * 0.75, 0);
        for (const at of steps) ramp.addColorStop(at, qualityColour(at, theme.light));
        context.fillStyle = ramp;
        context.fillRect(width / 4, 9 - RAMP_PX / 2, width / 2, RAMP_PX);
      },
    },
    { kind: 'text', text: `Quality: ${question}` },
  ];
}

/** A picture of the archive as large as it is drawn, with its scale; and with the kin of the text in hand, if that is wanted. */
export function archivePicture(store: SalonStore, isOfHand = false): SavePicture {
  const map = byId('archive-map', HTMLCanvasElement);
  const width = (): number => pictureWidth(Math.max(LEAST_MAP, map.clientWidth) + PICTURE_EDGES);
  return {
    width,
    picture(theme) {
      const { run, now } = store;
      const { domain } = now;
      if (domain === null || run === null) return { parts: [] };
      const hand = isOfHand ? now.hand : null;
      const high = Math.round((width() - PICTURE_EDGES) * map.clientHeight / Math.max(1, map.clientWidth));
      return { parts: [
        { kind: 'drawing', height: high, paint: (context, wide) => paintArchive(context, { domain, run, theme, hand }, wide, high) },
        ...scale(domain, theme), ...hand === null ? [] : [{ kind: 'text' as const, text: KIN_IN_WORDS }],
      ] };
    },
  };
}

/** The archive that is drawn large, to be kept: the panel beside it has its menu. */
export function offerArchive(store: SalonStore): void {
  offerPanel(store, {
    name: 'archive', ...archivePicture(store),
    tables: [{
      name: 'archive', title: 'Elites',
      csv() {
        const { run, now: { domain } } = store;
        if (domain === null) return toCsv(['cell'], []);
        const cells = [...run?.cells.values() ?? []].sort((a, b) => a.cell - b.cell);
        return toCsv(['cell', ...domain.measures.map(({ name }) => name), 'quality', 'id', 'excerpt'], cells.map(({ cell, quality, id, excerpt }) => [cell, ...cellPlace(cell, domain).map(({ bin }) => bin), quality, id, excerpt]));
      },
    }],
  });
}
