import { exactLn } from '../archive/exact-math.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Simulation } from '../simulation.ts';
import type { GenotypePhylogeny } from './genotypes.ts';

/** What of an organism is looked at, and how many informative sites it has. Equal keys are one component. */
export interface Component { key: string; sites: number }

/** Organisms of one taxon at a snapshot. */
export interface SnapshotEntry { taxon: number; component: Component; organisms: number }

/** The four hallmarks at a report, of what has passed the persistence filter. */
export interface ModesReport {
  /** When the report was made, and the snapshot that it is about. */
  tick: number;
  snapshot: number;
  /** Components that persisted. */
  components: number;
  /** Persistent now and not at the report before. */
  change: number;
  /** Persistent now and never before. */
  novelty: number;
  /** Most informative sites of any; 0 of none. */
  complexity: number;
  /** Shannon's entropy, base 2, of the persistent organisms' shares. */
  ecology: number;
}

/**
 * The MODES metrics (Dolson, Vostinar, Wiser & Ofria 2019, "The MODES toolbox"). Snapshots are taken every `resolution`; one is
 * reported `interval` later, with what of it then still has descendants or lives: nothing is reported before
 * interval / resolution + 1 snapshots. The first report counts everything as change and as novelty.
 */
export class Modes implements Saveable {
  readonly reports: ModesReport[] = [];
  private readonly lag: number;
  private waiting: { tick: number; entries: SnapshotEntry[] }[] = [];
  private before: ReadonlySet<string> = new Set();
  private readonly ever = new Set<string>();

  /** Throws a RangeError with one sentence unless the interval is a whole number of resolutions. */
  constructor({ interval, resolution }: { interval: number; resolution: number }) {
    this.lag = interval / resolution;
    if (!Number.isInteger(this.lag) || this.lag < 1) {
      throw new RangeError(`MODES is to filter over ${interval} ticks with a snapshot every ${resolution}; the first must be a whole multiple of the second, at least 1.`);
    }
  }

  /**
   * Takes a snapshot, and reports the one that is due. `persists` says whether a taxon of an earlier snapshot lives or has living
   * descendants now.
   */
  snapshot(tick: number, entries: SnapshotEntry[], persists: (taxon: number) => boolean): ModesReport | null {
    this.waiting.push({ tick, entries });
    if (this.waiting.length <= this.lag) return null;
    const due = this.waiting.shift()!;
    const shares = new Map<string, { organisms: number; sites: number }>();
    for (const { taxon, component, organisms } of due.entries) {
      if (!persists(taxon)) continue;
      const known = shares.get(component.key);
      if (known) known.organisms += organisms;
      else shares.set(component.key, { organisms, sites: component.sites });
    }
    let total = 0;
    let complexity = 0;
    for (const { organisms, sites } of shares.values()) {
      total += organisms;
      if (sites > complexity) complexity = sites;
    }
    let change = 0;
    let novelty = 0;
    let entropy = 0;
    for (const [key, { organisms }] of shares) {
      if (!this.before.has(key)) change++;
      if (!this.ever.has(key)) novelty++;
      this.ever.add(key);
      entropy -= (organisms / total) * exactLn(organisms / total);
    }
    this.before = new Set(shares.keys());
    const ecology = shares.size < 2 ? 0 : entropy / Math.LN2;
    const report = { tick, snapshot: due.tick, components: shares.size, change, novelty, complexity, ecology };
    this.reports.push(report);
    return report;
  }

  save(): Packable {
    const table = new TextTable();
    const places = (keys: Iterable<string>): Uint32Array => Uint32Array.from(keys, (key) => table.place(key));
    const waiting = this.waiting.map(({ tick, entries }) => ({
      tick, taxa: Uint32Array.from(entries, ({ taxon }) => taxon), organisms: Uint32Array.from(entries, ({ organisms }) => organisms),
      sites: Uint32Array.from(entries, ({ component }) => component.sites), keys: places(entries.map(({ component }) => component.key)),
    }));
    const [before, ever] = [places(this.before), places(this.ever)];
    return { reports: this.reports.map((report) => ({ ...report })), waiting, before, ever, texts: table.texts };
  }

  load(saved: unknown): void {
    const { reports, waiting, before, ever, texts } = saved as {
      reports: ModesReport[]; before: Uint32Array; ever: Uint32Array; texts: string[];
      waiting: ({ tick: number } & Record<'taxa' | 'organisms' | 'sites' | 'keys', Uint32Array>)[];
    };
    this.reports.splice(0, Infinity, ...reports);
    this.waiting = waiting.map(({ tick, taxa, organisms, sites, keys }) => ({
      tick, entries: Array.from(taxa, (taxon, i) => ({ taxon, organisms: organisms[i]!, component: { key: texts[keys[i]!]!, sites: sites[i]! } })),
    }));
    this.before = new Set(Array.from(before, (place) => texts[place]!));
    this.ever.clear();
    for (const place of ever) this.ever.add(texts[place]!);
  }
}

/** Texts, each of which is written once, however often it is named. */
class TextTable {
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();

  place(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

export interface ModesOptions {
  /** Ticks of the filter: about as many generations as there are organisms, where a world is well mixed and asexual. */
  interval: number;
  resolution: number;
  /** What of a genome counts; its whole text, with its lines as sites, when not given. See `createSkeletons`. */
  componentOf?: (genome: string) => Component;
}

/** A genome as it stands. */
export const wholeGenome = (genome: string): Component => ({ key: genome, sites: genome.split('\n').length });

/** MODES of a simulation, with genotypes as taxa; one that has only unborn descendants counts as persistent. */
export function watchModes(simulation: Simulation, genotypes: GenotypePhylogeny, { interval, resolution, componentOf = wholeGenome }: ModesOptions): Modes {
  const modes = new Modes({ interval, resolution });
  const { tree } = genotypes;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || event.tick % resolution !== 0) return;
    const entries: SnapshotEntry[] = [];
    const kept = new Set<number>();
    for (const slot of tree.slots()) {
      kept.add(tree.id[slot]!);
      if (tree.organisms[slot]! > 0) {
        entries.push({ taxon: tree.id[slot]!, component: componentOf(genotypes.text(slot)), organisms: tree.organisms[slot]! });
      }
    }
    modes.snapshot(event.tick, entries, (taxon) => kept.has(taxon));
  });
  return modes;
}
