import type { SalonDomain, SalonMeasure } from '../salon-protocol.ts';

export interface Rect { x: number; y: number; width: number; height: number }

/** Where everything stands on the picture of an archive, in CSS pixels. */
export interface MapLayout {
  /** How many cells lie side by side and above one another in a panel; a third measure makes several panels. */
  readonly across: number;
  readonly up: number;
  readonly panels: readonly (Rect & { readonly name: string; readonly showsRows: boolean; readonly showsColumns: boolean })[];
  readonly cellWidth: number;
  readonly cellHeight: number;
  rectOf(cell: number): Rect;
  /** −1 where there is none. */
  cellAt(x: number, y: number): number;
}

/** Room around the cells, in units of the font's size. */
export interface Room { left: number; right: number; top: number; bottom: number; gap: number; title: number }

/** A cell may be that much wider than high, so that an archive fills its stage. */
const WIDEST = 1.4;
const LARGEST = 150;
const TALLEST_BAR = 560;

/** Bins are drawn of one size, however uneven their edges: what counts is which niche a text has. */
export function layoutOf({ measures, cells }: SalonDomain, width: number, height: number, room: Room): MapLayout {
  const across = measures[0]?.bins ?? 1;
  const up = measures[1]?.bins ?? 1;
  const third = measures[2];
  const count = third?.bins ?? 1;
  const title = third === undefined ? 0 : room.title;
  const size = (columns: number): [number, number] => {
    const rows = Math.ceil(count / columns);
    const w = (width - room.left - room.right - (columns - 1) * room.gap) / columns / across;
    const h = (height - room.top - room.bottom - rows * title - (rows - 1) * room.gap) / rows / up;
    if (measures.length === 1) return [Math.min(w, LARGEST), Math.min(h, TALLEST_BAR)];
    const side = Math.min(w / WIDEST, h, LARGEST);
    return side * WIDEST <= w ? [Math.min(w, side * WIDEST), side] : [w, Math.min(h, w, LARGEST)];
  };
  const area = (columns: number): number => {
    const [w, h] = size(columns);
    return w > 0 && h > 0 ? w * h : Math.min(w, h);
  };
  let columns = 1;
  for (let c = 2; c <= count; c++) if (area(c) > area(columns)) columns = c;
  const [w, h] = size(columns).map((value) => Math.max(2, value)) as [number, number];
  const rows = Math.ceil(count / columns);
  const wholeWidth = columns * across * w + (columns - 1) * room.gap;
  const wholeHeight = rows * (up * h + title) + (rows - 1) * room.gap;
  const left = room.left + Math.max(0, (width - room.left - room.right - wholeWidth) / 2);
  const top = room.top + Math.max(0, (height - room.top - room.bottom - wholeHeight) / 2);
  const panels = Array.from({ length: count }, (_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    return {
      x: left + column * (across * w + room.gap), y: top + title + row * (up * h + title + room.gap), width: across * w, height: up * h,
      name: third === undefined ? '' : `${third.name} ${binName(third, i)}`, showsRows: column === 0, showsColumns: i + columns >= count,
    };
  });
  return {
    across, up, panels, cellWidth: w, cellHeight: h,
    rectOf(cell) {
      const [column, row, panel] = placeOf(cell, up, count);
      const { x, y } = panels[panel]!;
      return { x: x + column * w, y: y + (up - 1 - row) * h, width: w, height: h };
    },
    cellAt(px, py) {
      const panel = panels.findIndex((each) => px >= each.x && px < each.x + each.width && py >= each.y && py < each.y + each.height);
      if (panel < 0) return -1;
      const { x, y } = panels[panel]!;
      const column = Math.min(across - 1, Math.floor((px - x) / w));
      const row = Math.min(up - 1, up - 1 - Math.floor((py - y) / h));
      const cell = (column * up + row) * count + panel;
      return cell < cells ? cell : -1;
    },
  };
}

function placeOf(cell: number, up: number, panels: number): [column: number, row: number, panel: number] {
  const rest = Math.floor(cell / panels);
  return [Math.floor(rest / up), rest % up, cell % panels];
}

/** The cell that a key leads to from another, within the archive; the panels of a third measure are turned with page up and down. */
export function stepFrom(cell: number, key: string, { measures }: SalonDomain): number | null {
  const across = measures[0]?.bins ?? 1;
  const up = measures[1]?.bins ?? 1;
  const panels = measures[2]?.bins ?? 1;
  const [column, row, panel] = placeOf(cell, up, panels);
  const at = (c: number, r: number, p: number): number => {
    const within = (value: number, bins: number): number => Math.min(bins - 1, Math.max(0, value));
    return (within(c, across) * up + within(r, up)) * panels + within(p, panels);
  };
  switch (key) {
    case 'ArrowLeft': return at(column - 1, row, panel);
    case 'ArrowRight': return at(column + 1, row, panel);
    case 'ArrowUp': return at(column, row + 1, panel);
    case 'ArrowDown': return at(column, row - 1, panel);
    case 'PageUp': return at(column, row, panel - 1);
    case 'PageDown': return at(column, row, panel + 1);
    case 'Home': return at(0, row, panel);
    case 'End': return at(across - 1, row, panel);
    default: return null;
  }
}

/** What stands between bins, or under them where they are categories. */
export function tickWords({ ticks, names }: SalonMeasure): string[] {
  return names.length > 0 ? names : ticks.map((tick) => String(Number(tick.toPrecision(4))));
}

/** A bin in words: a category, or from where to where. */
export function binName({ ticks, names }: SalonMeasure, bin: number): string {
  if (names.length > 0) return names[bin] ?? '';
  return `${Number((ticks[bin - 1] ?? 0).toPrecision(4))}–${Number((ticks[bin] ?? 1).toPrecision(4))}`;
}

/** Where a cell lies, measure by measure. */
export function cellPlace(cell: number, { measures }: SalonDomain): { name: string; bin: string }[] {
  const [column, row, panel] = placeOf(cell, measures[1]?.bins ?? 1, measures[2]?.bins ?? 1);
  return measures.map((measure, m) => ({ name: measure.name, bin: binName(measure, [column, row, panel][m] ?? 0) }));
}
