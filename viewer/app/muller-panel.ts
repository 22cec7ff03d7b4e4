import { combineLatest, debounceTime, distinctUntilChanged, Subject } from 'rxjs';
import type { ClientMessage, MullerFacts } from '../protocol.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { cladeAt, layMuller, paintMuller, REST, sampleAt, withDescendants, type MullerLayout } from './muller-plot.ts';
import { tagColour } from './palette.ts';
import { dressPanel } from './panel.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';
import { turns } from './turns.ts';
import { count, percent } from './words.ts';

const REDRAW_MS = 300;
/** A pointer that only passes over lights nobody. */
const LIGHT_AFTER_MS = 60;
const NONE: MullerFacts = { ticks: [], totals: [], clades: [] };
const HINT = 'point at a clade to light it up; a click keeps it lit';
const NO_CLADES = 'no clade has grown to a fiftieth of all yet';

/** Who belongs to no band at a sample. */
function restInWords({ ticks, totals, clades }: MullerFacts, sample: number): string {
  const whole = Math.max(1, totals[sample] ?? 0);
  const banded = clades.reduce((sum, { counts }) => sum + (counts[sample] ?? 0), 0);
  return `in clades too small for a band: ${percent(Math.max(0, whole - banded) / whole)} at tick ${count(ticks[sample] ?? 0)}`;
}

/** The Muller plot: clades as bands over time; a clade that is pointed at lights up in the world, and a click keeps it. */
export function showMuller(store: Store, send: (message: ClientMessage) => void): void {
  const canvas = byId('muller', HTMLCanvasElement);
  const figures = byId('lineages-figures', HTMLElement);
  const axis = byId('muller-axis', HTMLElement);
  const said = byId('muller-said', HTMLElement);
  const swatch = element('i', { class: 'swatch' });
  const share = element('span');
  const heard = element('span', { class: 'unseen' });
  const words = element('span', { 'aria-live': 'polite', 'aria-atomic': true }, share, heard);
  const release = element('button', { type: 'button', class: 'close', id: 'muller-release', 'aria-label': 'Let the clade go' }, '×');
  said.append(swatch, words, release);

  let facts = NONE;
  let layout: MullerLayout = layMuller(NONE);
  /** What stands beside the title while no clade is chosen. */
  let summary = '';
  let theme: Theme | null = null;
  /** Ids of clades: their places in the list change. */
  let pointed: number | null = null;
  let pinned: number | null = null;
  let cursor: number | null = null;
  const wanted = new Subject<number | null>();
  wanted.pipe(debounceTime(LIGHT_AFTER_MS), distinctUntilChanged())
    .subscribe((id) => send({ type: 'light', clade: id === null ? null : { genotype: id } }));

  const panel = dressPanel(store, {
    name: 'lineages',
    picture: (colours) => ({
      parts: [
        { kind: 'drawing', height: 240, paint: (context, width, height) => paintMuller(context, facts, layout, width, height, { theme: colours, palette: store.now.palette, lit: litOnes(), cursor: null }) },
        { kind: 'text', text: `Tick ${count(facts.ticks[0] ?? 0)} to ${count(facts.ticks.at(-1) ?? 0)}. Bands: shares of the population, clades within those that they come from.` },
      ],
    }),
    tables: [
      { name: 'lineages', title: 'Counts of clades', csv: () => toCsv(['Generation', 'Identity', 'Population'], facts.clades.flatMap(({ id, counts }) => counts.flatMap((n, i) => n === 0 ? [] : [[facts.ticks[i]!, id, n]]))) },
      { name: 'lineages-edges', title: 'Who came from whom', csv: () => toCsv(['Parent', 'Identity'], facts.clades.map(({ id, parent }) => [parent, id])) },
    ],
  });

  const indexOf = (id: number | null): number => id === null ? REST : facts.clades.findIndex((clade) => clade.id === id);
  function litOnes(): Set<number> | null {
    const index = indexOf(pointed ?? pinned);
    return index === REST ? null : withDescendants(facts, index);
  }

  const draw = (): void => {
    if (theme === null || canvas.clientWidth === 0 || !panel.isOpen()) return;
    const context = canvas.getContext('2d');
    if (context === null) return;
    const ratio = Math.min(devicePixelRatio, 2);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintMuller(context, facts, layout, canvas.clientWidth, canvas.clientHeight, { theme, palette: store.now.palette, lit: litOnes(), cursor });
  };
  panel.onOpen(draw);

  const describe = (): void => {
    const id = pointed ?? pinned;
    const index = indexOf(id);
    const clade = facts.clades[index];
    axis.hidden = clade !== undefined;
    said.hidden = clade === undefined;
    release.hidden = pinned === null || id !== pinned;
    if (clade === undefined) {
      setText(axis, facts.clades.length === 0 ? NO_CLADES : cursor === null ? HINT : restInWords(facts, cursor));
      setText(figures, summary);
      return;
    }
    swatch.style.background = tagColour(store.now.palette, clade.hue);
    const sample = pointed === null ? facts.ticks.length - 1 : cursor ?? facts.ticks.length - 1;
    const members = withDescendants(facts, index);
    const own = clade.counts[sample] ?? 0;
    let all = 0;
    for (const member of members) all += facts.clades[member]!.counts[sample] ?? 0;
    const whole = Math.max(1, facts.totals[sample] ?? 0);
    const more = members.size > 1 && all > own ? ` (${percent(all / whole)} in all)` : '';
    // the line below the plot is short: where the clade comes from stands beside the title
    const origin = `since tick ${count(clade.bornAt)}, from ${clade.parent === null ? 'no other' : count(clade.parent)}`;
    setText(figures, origin);
    setText(share, `Clade ${count(clade.id)}: ${percent(own / whole)}${more}`);
    setText(heard, `, ${origin}`);
    words.title = `Share of the population at tick ${count(facts.ticks[sample] ?? 0)}; in all: with the clades that came from it. Its first bearer was born in tick ${count(clade.bornAt)}${id === pinned ? '. Kept lit' : ''}.`;
  };

  const show = (): void => {
    canvas.dataset['pointed'] = pointed === null ? '' : String(pointed);
    canvas.dataset['pinned'] = pinned === null ? '' : String(pinned);
    describe();
    draw();
  };
  const point = (id: number | null, sample: number | null): void => {
    if (id === pointed && sample === cursor) return;
    pointed = id;
    cursor = sample;
    wanted.next(pointed ?? pinned);
    show();
  };
  const pin = (id: number | null): void => {
    pinned = id === null || id === pinned ? null : id;
    wanted.next(pointed ?? pinned);
    show();
  };
  const pointAt = ({ offsetX, offsetY }: MouseEvent): void => {
    const sample = sampleAt(facts.ticks, offsetX / canvas.clientWidth);
    const index = cladeAt(layout, sample, 1 - offsetY / canvas.clientHeight);
    point(facts.clades[index]?.id ?? null, sample);
  };

  canvas.addEventListener('pointermove', pointAt);
  canvas.addEventListener('pointerleave', () => point(null, null));
  canvas.addEventListener('blur', () => point(null, null));
  canvas.addEventListener('click', (event) => {
    pointAt(event);
    if (pointed !== null) pin(pointed);
  });
  release.addEventListener('click', () => {
    pin(null);
    canvas.focus();
  });
  canvas.addEventListener('keydown', (event) => {
    const last = facts.ticks.length - 1;
    const sample = cursor ?? last;
    const step = Math.max(1, Math.round(facts.ticks.length / 40));
    const present = (): number[] => [...new Set(layout.order)].filter((index) => index !== REST && (facts.clades[index]!.counts[sample] ?? 0) > 0);
    switch (event.key) {
      case 'ArrowUp': case 'ArrowDown': {
        const clades = present();
        if (clades.length === 0) break;
        const at = clades.indexOf(indexOf(pointed ?? pinned));
        const next = at < 0 ? 0 : Math.max(0, Math.min(clades.length - 1, at + (event.key === 'ArrowUp' ? 1 : -1)));
        point(facts.clades[clades[next]!]!.id, sample);
        break;
      }
      case 'ArrowLeft': point(pointed, Math.max(0, sample - step)); break;
      case 'ArrowRight': point(pointed, Math.min(last, sample + step)); break;
      case 'Home': point(pointed, 0); break;
      case 'End': point(pointed, last); break;
      case 'Enter': case ' ': if (pointed !== null) pin(pointed); break;
      case 'Escape':
        if (pointed === null && pinned === null) return;
        pinned = null;
        point(null, null);
        wanted.next(null);
        show();
        break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  store.watch(({ world }) => world).subscribe(() => {
    // another run, or the same after a break: the simulation has forgotten what was lit
    if (pinned !== null) send({ type: 'light', clade: { genotype: pinned } });
  });
  theme$.subscribe((now) => { theme = now; });
  combineLatest([store.watch(({ muller }) => muller), theme$, store.watch(({ palette }) => palette)]).pipe(turns.inTurn(REDRAW_MS)).subscribe(([muller]) => {
    if (muller !== facts) {
      facts = muller;
      layout = layMuller(facts);
      if (cursor !== null) cursor = Math.min(cursor, facts.ticks.length - 1);
      const alive = facts.clades.filter(({ counts }) => (counts.at(-1) ?? 0) > 0).length;
      summary = facts.ticks.length === 0 ? 'not yet' : `${alive} clades · ticks ${count(facts.ticks[0]!)}–${count(facts.ticks.at(-1)!)}`;
      canvas.dataset['clades'] = String(facts.clades.length);
    }
    show();
  });
  new ResizeObserver(draw).observe(canvas);
}
