import { element } from './dom.ts';
import { paintPanel, type PictureContent } from './panel-picture.ts';
import { placeUnder } from './popovers.ts';
import { fileName, originOf, savePicture, saveText, type Origin } from './save-file.ts';
import type { Store } from './state.ts';
import { themeNow, type Theme } from './theme.ts';

const LEAST_WIDTH = 480;
const MOST_WIDTH = 1180;

/** Width of a picture of something so wide on the page, in CSS pixels: its words are read on a page of paper, too. */
export function pictureWidth(shown: number): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, shown));
}

/** What saved files come from, and who is told when one cannot be made. */
export interface SaveSource { origin(): Origin; refuse(sentence: string): void }

/** A table is made when it is asked for, and not offered while there is none. */
export interface SaveTable { name: string; title: string; isThere?(): boolean; csv(): string }

export type PictureParts = Omit<PictureContent, 'title' | 'figures'>;

/** `width` is in CSS pixels. */
export interface SavePicture { width(): number; picture(theme: Theme): PictureParts | Promise<PictureParts> }

/** What can be taken away from a part of the page. */
export interface SaveOptions extends SavePicture {
  /** Part of the file's name, and of ids. */
  name: string;
  /** How a file is called, by the name of the picture or the table, where that depends on what is shown. */
  called?(own: string): string;
  title(): string;
  figures(): string;
  /** Pictures besides the one of the part itself. */
  pictures?: readonly (SavePicture & { name: string; title: string })[];
  tables: readonly SaveTable[];
  /** What stands in the menu besides, above the files. */
  choices?: readonly Node[];
}

/** What the page of a world saves comes from that world: as it is, or as it was at the tick that is looked at. */
export function worldSource(store: Store, isOfPast: () => boolean = () => false): SaveSource {
  return {
    origin: () => originOf(isOfPast() ? store.now : { ...store.now, past: null }),
    refuse: (sentence) => store.change((draft) => { draft.trouble = sentence; }),
  };
}

/** A small button, and the menu that it opens: the picture and the tables of a part of the page, to be kept as files. */
export function saveMenu(source: SaveSource, options: SaveOptions, label: string): [button: HTMLButtonElement, menu: HTMLElement] {
  const { name, pictures = [], tables, choices = [], called = (own: string): string => own } = options;
  const item = (text: string, key: string, save: () => void | Promise<void>): HTMLElement => {
    const button = element('button', { type: 'button', 'data-save': key }, text);
    button.addEventListener('click', () => {
      menu.hidePopover();
      void (async () => save())().catch((error: unknown) => source.refuse(error instanceof Error ? error.message : String(error)));
    });
    return button;
  };
  const savePng = async (own: string, { width, picture }: SavePicture): Promise<void> => {
    const theme = themeNow();
    const origin = source.origin();
    const content = { title: `${options.title()} · ${origin.words}`, figures: options.figures(), ...await picture(theme) };
    await savePicture(fileName(origin, called(own), 'png'), paintPanel(content, theme, pictureWidth(width())));
  };
  const items = tables.map((table) => item(`${table.title} (CSV)`, table.name, () => saveText(fileName(source.origin(), called(table.name), 'csv'), table.csv())));
  const menu = element('div', { popover: 'auto', class: 'menu', id: `${name}-menu`, 'aria-label': `${label}: save` }, ...choices,
    item('Picture (PNG)', 'png', () => savePng(name, options)), ...pictures.map((each) => item(`${each.title} (PNG)`, each.name, () => savePng(each.name, each))), ...items);
  const button = element('button', { type: 'button', class: 'panel-menu', popovertarget: menu.id, 'aria-label': `${label}: save and choose`, 'aria-expanded': false }, '⋯');
  placeUnder(menu, button);
  menu.addEventListener('beforetoggle', ({ newState }) => {
    tables.forEach(({ isThere }, i) => { items[i]!.hidden = isThere?.() === false; });
    // the browser gives the focus back by itself, but not of a menu that lies over another
    if (newState === 'closed' && menu.contains(document.activeElement)) button.focus();
  });
  return [button, menu];
}
