import { measuresOf } from '../core/measures/catalogue.ts';
import { measurePoint, type SeriesPoint } from '../core/measures/series.ts';
import type { LogLine, MeasureInfo, MeasuredPoint, MullerFacts } from './facts.ts';
import { Clades } from './clades.ts';
import type { Lab } from './lab.ts';
import { newestLines } from './log-lines.ts';
import type { Hello, ServerMessage } from './protocol.ts';

/** Ticks between two points of the series. */
const SERIES_EVERY = 10;
const MOST_POINTS = 2000;
/** Numbers that are kept of what else is measured. */
const MOST_MEASURED = 100_000;
/** Lines of the log that are kept of each kind of news. */
const MOST_LINES = 100;
const MULLER_MS = 1000;

/** All that is told of a run besides its frames: what there is to know by now, and what is new since it was last told. */
export class News {
  readonly measures: MeasureInfo[];
  private readonly lab: Lab;
  private readonly clades: Clades;
  private log: LogLine[] = [];
  private series: SeriesPoint[];
  private measured: MeasuredPoint[] = [];
  private seq = 0;
  private newLines: LogLine[] = [];
  private newPoints: SeriesPoint[] = [];
  private newMeasured: MeasuredPoint[] = [];
  private readonly newCells = new Map<number, number>();
  private isMullerNew = false;
  private mullerAt = 0;
  private muller: MullerFacts;

  constructor(lab: Lab) {
    const { simulation } = lab;
    this.lab = lab;
    this.clades = new Clades(lab);
    this.muller = this.clades.facts;
    this.measures = measuresTold(lab);
    this.series = [measurePoint(simulation.kernel)];
    simulation.events$.subscribe((event) => {
      if (event.kind === 'archive') {
        event.cells.forEach((cell, i) => this.newCells.set(cell, event.objectives[i]!));
      } else if (event.kind === 'measures') {
        const point = { tick: event.tick, values: this.measures.map(({ name }) => finite(event.values[name])) };
        this.newMeasured.push(point);
        this.measured.push(point);
        this.measured = thinned(this.measured, Math.min(MOST_POINTS, Math.max(100, MOST_MEASURED / Math.max(1, this.measures.length))));
      } else {
        if (this.clades.note(event.tick)) this.isMullerNew = true;
        if (event.tick % SERIES_EVERY === 0) {
          const point = measurePoint(simulation.kernel);
          this.newPoints.push(point);
          this.series.push(point);
          this.series = thinned(this.series, MOST_POINTS);
        }
      }
    });
  }

  write(tick: number, kind: LogLine['kind'], text: string): void {
    const line = { seq: this.seq++, tick, kind, text };
    this.log.push(line);
    this.newLines.push(line);
    this.log = newestLines(this.log, MOST_LINES);
    this.newLines = newestLines(this.newLines, MOST_LINES);
  }

  /** What a page that joins is told. */
  get greeting(): Pick<Hello, 'series' | 'measures' | 'measured' | 'log' | 'cells' | 'muller'> {
    const { archive } = this.lab;
    const cells: [number, number][] = [];
    for (let cell = 0; cell < archive.cells; cell++) {
      const elite = archive.elite(cell);
      if (elite) cells.push([cell, elite.objective]);
    }
    if (this.isMullerNew) this.muller = this.clades.facts;
    return { series: [...this.series], measures: this.measures, measured: [...this.measured], log: [...this.log], cells, muller: this.muller };
  }

  /** What is new; it is so no more. */
  take(now: number): ServerMessage[] {
    const messages: ServerMessage[] = [];
    if (this.newLines.length > 0) messages.push({ type: 'log', lines: this.newLines });
    if (this.newPoints.length > 0 || this.newMeasured.length > 0) messages.push({ type: 'series', points: this.newPoints, measured: this.newMeasured });
    if (this.newCells.size > 0) messages.push({ type: 'cells', cells: [...this.newCells] });
    if (this.isMullerNew && now - this.mullerAt >= MULLER_MS) {
      this.mullerAt = now;
      this.isMullerNew = false;
      this.muller = this.clades.facts;
      messages.push({ type: 'muller', muller: this.muller });
    }
    this.newLines = [];
    this.newPoints = [];
    this.newMeasured = [];
    this.newCells.clear();
    return messages;
  }
}

function measuresTold({ simulation: { world }, measures }: Lab): MeasureInfo[] {
  if (measures === null) return [];
  return measuresOf(world, measures.options).map(({ name, unit, sentence, shadow = null }) => {
    const [group = '', own = ''] = name.split('.');
    return { name, title: titleOf(group, own), unit, sentence, shadow };
  });
}

/** `Diversity: phenotype richness`. */
function titleOf(group: string, own: string): string {
  return `${group[0]?.toUpperCase() ?? ''}${group.slice(1)}: ${own.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Keeps the whole run in sight: every second point goes when there are too many. */
function thinned<T>(points: T[], most: number): T[] {
  return points.length > most ? points.filter((_, i) => i % 2 === 0) : points;
}
