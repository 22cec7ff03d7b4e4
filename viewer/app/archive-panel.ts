import { combineLatest } from 'rxjs';
import type { ClientMessage, Totals, WorldFacts } from '../protocol.ts';
import { ArchiveMap, bestOf, cellRanges, neighbour, NO_CELL } from './archive-map.ts';
import { toCsv } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { heat } from './palette.ts';
import { dressPanel } from './panel.ts';
import type { Store } from './state.ts';
import { theme$, type Theme } from './theme.ts';
import { turns } from './turns.ts';
import { figure, percent } from './words.ts';

const REDRAW_MS = 200;
const KEYS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

/** What the corrected score is, in a sentence. */
export function correctedInWords({ qdScore, coverage, elites }: NonNullable<Totals['archive']['corrected']>, all: number): string {
  return `Corrected: each elite by the mean of the lives that its genome has had since, for the life that brought it in was chosen for being good. ${elites} of ${all} have been lived again, the others are left out: `
    + `QD score ${figure(qdScore)}, coverage ${percent(coverage)}.`;
}

/** The archive as a heat map of the objective; a cell is read by pointing at it, and its elite by opening it. */
export function showArchive(store: Store, send: (message: ClientMessage) => void): void {
  const canvas = byId('archive', HTMLCanvasElement);
  const figures = byId('archive-figures', HTMLElement);
  const axis = byId('archive-x', HTMLElement);
  const hover = byId('archive-hover', HTMLElement);
  const best = element('span');
  const ramp = element('i', { class: 'heat' });
  const key = element('span', { class: 'heat-key' }, ramp, best);
  hover.before(key);
  let pointed = NO_CELL;
  let theme: Theme | null = null;

  const map = (world: WorldFacts, width: number, height: number): ArchiveMap => new ArchiveMap(world.archive.dims, width, height);
  const panel = dressPanel(store, {
    name: 'archive',
    picture: (colours) => {
      const { world, cells, totals } = store.now;
      const corrected = totals?.archive.corrected ?? null;
      const legend = world === null ? '' : `${world.archive.measures.map(({ name, lower, upper }, i) => `${i === 0 ? 'across' : 'up'}: ${name}, ${figure(lower)} to ${figure(upper)}`).join('; ')}. Heat: ${world.archive.objective}, best ${figure(bestOf(cells))}.`;
      return { parts: [
        { kind: 'drawing', height: 260, paint: (context, width, height) => { if (world !== null) map(world, width, height).paint(context, cells, colours, [], 1); } },
        { kind: 'text', text: legend },
        ...corrected === null ? [] : [{ kind: 'text' as const, text: correctedInWords(corrected, totals?.archive.elites ?? 0) }],
      ] };
    },
    tables: [{
      name: 'archive', title: 'Elites', csv: () => {
        const { world, cells } = store.now;
        if (world === null) return toCsv(['cell'], []);
        const header = ['cell', ...world.archive.measures.flatMap(({ name }) => [`${name} from`, `${name} to`]), world.archive.objective];
        return toCsv(header, Object.entries(cells).map(([cell, objective]) => [Number(cell), ...cellRanges(world.archive, Number(cell)).flatMap(({ from, to }) => [from, to]), objective]));
      },
    }],
  });

  const draw = (): void => {
    const { world, cells, hand } = store.now;
    if (theme === null || world === null || canvas.clientWidth === 0 || !panel.isOpen()) return;
    const context = canvas.getContext('2d');
    if (context === null) return;
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const marked = [...(hand?.kind === 'elite' ? [hand.elite.cell] : []), ...(pointed === NO_CELL ? [] : [pointed])];
    map(world, canvas.width, canvas.height).paint(context, cells, theme, marked, ratio);
    setText(best, `best ${figure(bestOf(cells))}`);
    ramp.style.background = `linear-gradient(90deg, ${[0.18, 0.4, 0.6, 0.8, 1].map((at) => heat(at, theme?.light ?? false)).join(', ')})`;
  };
  panel.onOpen(draw);

  const describe = (): void => {
    const { world, cells } = store.now;
    const isPointed = world !== null && pointed !== NO_CELL;
    axis.hidden = isPointed;
    key.hidden = isPointed;
    if (!isPointed) {
      setText(hover, '');
      return;
    }
    const ranges = cellRanges(world.archive, pointed).map(({ name, from, to }) => `${name} ${figure(from)}–${figure(to)}`);
    const objective = cells[pointed];
    // where there is little room the name of the objective goes first
    const value = objective === undefined ? ['empty'] : [element('span', { class: 'objective' }, `${world.archive.objective} `), figure(objective)];
    hover.replaceChildren(`${ranges.join(', ')}: `, ...value);
  };
  const point = (cell: number): void => {
    if (cell === pointed) return;
    pointed = cell;
    describe();
    draw();
  };
  const pointAt = ({ offsetX, offsetY }: MouseEvent): void => {
    const { world } = store.now;
    if (world !== null) point(map(world, canvas.clientWidth, canvas.clientHeight).cellAt(offsetX, offsetY));
  };
  const readCell = (): void => {
    if (pointed !== NO_CELL && store.now.cells[pointed] !== undefined) send({ type: 'inspectCell', cell: pointed });
  };
  canvas.addEventListener('pointermove', pointAt);
  canvas.addEventListener('pointerleave', () => point(NO_CELL));
  canvas.addEventListener('blur', () => point(NO_CELL));
  canvas.addEventListener('click', (event) => {
    pointAt(event);
    readCell();
  });
  canvas.addEventListener('keydown', (event) => {
    const { world, cells } = store.now;
    if (world === null) return;
    if (KEYS.has(event.key)) {
      event.preventDefault();
      // the first key goes to the best elite: that is where one begins to read
      const start = Number(Object.entries(cells).sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0);
      point(pointed === NO_CELL ? start : neighbour(world.archive.dims, pointed, event.key));
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      readCell();
    }
  });

  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    const [first, second] = world.archive.measures;
    setText(axis, `${first?.name ?? ''} → · ${second?.name ?? ''} ↑`);
    axis.title = world.archive.measures.map(({ name, sentence }) => `${name}: ${sentence}`).join('\n');
    key.title = `Colour: ${world.archive.objective}, paler is more.`;
    canvas.setAttribute('aria-label', `Archive of ${world.archive.objective} by ${world.archive.measures.map(({ name }) => name).join(' and ')}; arrow keys choose a cell, Enter reads its elite`);
  });
  store.watch(({ totals }) => totals?.archive).subscribe((archive) => {
    if (archive === undefined) return;
    const { corrected = null } = archive;
    setText(figures, `coverage ${percent(archive.coverage)} · QD ${figure(archive.qdScore)}${corrected === null ? '' : ` · corrected ${figure(corrected.qdScore)}`}`);
    figures.title = [
      `${archive.elites} elites. Coverage: share of cells that have one. QD score: the sum of their objectives.`, ...corrected === null ? [] : [correctedInWords(corrected, archive.elites)],
    ].join('\n');
    canvas.dataset['elites'] = String(archive.elites);
  });
  theme$.subscribe((now) => { theme = now; });
  combineLatest([theme$, store.watch(({ cells }) => cells), store.watch(({ hand }) => hand?.kind === 'elite' ? hand.elite.cell : NO_CELL)])
    .pipe(turns.inTurn(REDRAW_MS)).subscribe(() => {
      draw();
      describe();
    });
  new ResizeObserver(draw).observe(canvas);
}
