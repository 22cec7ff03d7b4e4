import { combineLatest } from 'rxjs';
import type { ClientMessage, WorldFacts } from '../protocol.ts';
import { byId, setText } from './dom.ts';
import { heat } from './palette.ts';
import type { Store } from './state.ts';
import { theme$ } from './theme.ts';
import { figure, percent } from './words.ts';

const NO_CELL = -1;

/**
 * The archive as a map: the first measure across, the second upwards, the objective as heat. Cells are numbered row by
 * row of the first measure: `cell = first * dims[1] + second`.
 */
export function showArchive(store: Store, send: (message: ClientMessage) => void): void {
  const canvas = byId('archive', HTMLCanvasElement);
  const figures = byId('archive-figures', HTMLElement);
  const axis = byId('archive-x', HTMLElement);
  const hover = byId('archive-hover', HTMLElement);
  let pointed = NO_CELL;
  let light = false;
  let lineColour = '#1e2a30';
  let inkColour = '#dfe7e6';

  const cellAt = (world: WorldFacts, x: number, y: number): number => {
    const [across, up] = world.archive.dims;
    const first = Math.floor(x / canvas.clientWidth * across);
    const second = up - 1 - Math.floor(y / canvas.clientHeight * up);
    return first < 0 || first >= across || second < 0 || second >= up ? NO_CELL : first * up + second;
  };

  const draw = (): void => {
    const { world, cells, hand } = store.now;
    const context = canvas.getContext('2d');
    if (world === null || context === null || canvas.clientWidth === 0) return;
    const [across, up] = world.archive.dims;
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const width = canvas.width / across;
    const height = canvas.height / up;
    const gap = Math.min(width, height) > 6 ? ratio : 0;
    const best = Object.values(cells).reduce((most, objective) => Math.max(most, objective), 0);
    const rect = (cell: number): [number, number, number, number] => {
      const left = Math.round(Math.floor(cell / up) * width);
      const top = Math.round((up - 1 - cell % up) * height);
      return [left, top, Math.round((Math.floor(cell / up) + 1) * width) - left - gap, Math.round((up - cell % up) * height) - top - gap];
    };
    context.fillStyle = heat(0, light);
    for (let cell = 0; cell < across * up; cell++) context.fillRect(...rect(cell));
    for (const [cell, objective] of Object.entries(cells)) {
      context.fillStyle = heat(best <= 0 ? 0.5 : 0.18 + 0.82 * Math.max(0, objective) / best, light);
      context.fillRect(...rect(Number(cell)));
    }
    const mark = (cell: number, colour: string): void => {
      const [left, top, wide, high] = rect(cell);
      context.strokeStyle = colour;
      context.lineWidth = 1.5 * ratio;
      context.strokeRect(left, top, wide, high);
    };
    if (hand?.kind === 'elite') mark(hand.elite.cell, inkColour);
    if (pointed !== NO_CELL) mark(pointed, inkColour);
    canvas.style.borderColor = lineColour;
  };

  const point = (cell: number): void => {
    if (cell === pointed) return;
    pointed = cell;
    const { world, cells } = store.now;
    if (world === null || cell === NO_CELL) {
      setText(hover, '');
      axis.hidden = false;
    } else {
      const [, up] = world.archive.dims;
      const places = [Math.floor(cell / up), cell % up];
      const ranges = world.archive.measures.map(({ name, lower, upper }, index) => {
        const size = (upper - lower) / (world.archive.dims[index as 0 | 1]);
        const from = lower + (places[index] ?? 0) * size;
        return `${name} ${figure(from)}–${figure(from + size)}`;
      });
      const objective = cells[cell];
      axis.hidden = true;
      setText(hover, `${ranges.join(', ')}: ${objective === undefined ? 'empty' : `${world.archive.objective} ${figure(objective)}`}`);
    }
    draw();
  };

  canvas.addEventListener('pointermove', (event) => {
    const { world } = store.now;
    if (world !== null) point(cellAt(world, event.offsetX, event.offsetY));
  });
  canvas.addEventListener('pointerleave', () => point(NO_CELL));
  const readCell = (): void => {
    if (pointed !== NO_CELL && store.now.cells[pointed] !== undefined) send({ type: 'inspectCell', cell: pointed });
  };
  canvas.addEventListener('click', (event) => {
    const { world } = store.now;
    if (world === null) return;
    point(cellAt(world, event.offsetX, event.offsetY));
    readCell();
  });
  canvas.addEventListener('keydown', (event) => {
    const { world } = store.now;
    if (world === null) return;
    const [across, up] = world.archive.dims;
    const from = pointed === NO_CELL ? 0 : pointed;
    const moves: Record<string, number> = { ArrowLeft: -up, ArrowRight: up, ArrowUp: 1, ArrowDown: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const staysInColumn = Math.abs(move) !== 1 || Math.floor((from + move) / up) === Math.floor(from / up);
      if (from + move >= 0 && from + move < across * up && staysInColumn) point(from + move);
      else if (pointed === NO_CELL) point(0);
    } else if (event.key === 'Enter') {
      readCell();
    }
  });

  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    const [first, second] = world.archive.measures;
    setText(axis, `${first?.name ?? ''} → · ${second?.name ?? ''} ↑`);
    axis.title = world.archive.measures.map(({ name, sentence }) => `${name}: ${sentence}`).join('\n');
    canvas.setAttribute('aria-label', `Archive of ${world.archive.objective} by ${world.archive.measures.map(({ name }) => name).join(' and ')}; arrow keys choose a cell, Enter reads its elite`);
  });
  store.watch(({ totals }) => totals?.archive).subscribe((archive) => {
    if (archive === undefined) return;
    setText(figures, `coverage ${percent(archive.coverage)} · QD ${figure(archive.qdScore)}`);
    figures.title = `${archive.elites} elites. Coverage: share of cells that have one. QD score: the sum of their objectives.`;
    canvas.dataset['elites'] = String(archive.elites);
  });
  combineLatest([theme$, store.watch(({ cells }) => cells), store.watch(({ hand }) => hand?.kind === 'elite' ? hand.elite.cell : NO_CELL)])
    .subscribe(([theme]) => {
      light = theme.light;
      lineColour = theme.line;
      inkColour = theme.ink;
      draw();
    });
  new ResizeObserver(draw).observe(canvas);
}
