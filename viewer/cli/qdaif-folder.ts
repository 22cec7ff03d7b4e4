import { existsSync, mkdirSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { jsonCodec } from '../../core/archive/codec.ts';
import { loadArchive } from '../../core/archive/load.ts';
import type { Archive } from '../../core/archive/archive.ts';
import type { Resident, Salon } from '../../worlds/salon/salon.ts';
import type { SalonSummary } from '../qdaif.ts';
import { Failure, fileProblem } from './failure.ts';
import { readPlan, writtenPlan, type QdaifPlan } from './qdaif-plan.ts';
import { checkFolder } from './run-folder.ts';
import { writeWhole } from './whole-file.ts';

const names = { plan: 'qdaif.json', cassette: 'cassette.jsonl', individuals: 'individuals.jsonl', archive: 'archive.bin', summary: 'summary.json', svg: 'heat-map.svg', png: 'heat-map.png' } as const;
const codec = jsonCodec<Resident>();

/** What an experiment leaves behind of one run. */
export interface RunFiles { salon: Salon; summary: SalonSummary; seconds: number; svg: string; png: Uint8Array }

/**
 * The folder of an experiment: its plan, the cassette, and a folder a run. Each file is written under another name first, `summary.json`
 * last: whatever happens, a file that stands is whole, and a run with a summary has all its files.
 */
export class QdaifFolder {
  readonly path: string;
  readonly cassette: string;
  private readonly made: string[] = [];

  /** Makes the folder, or with `resumed` opens one that is there. Throws a failure when it cannot. */
  constructor(folder: string, resumed: boolean) {
    this.path = resolve(folder);
    this.cassette = join(this.path, names.cassette);
    if (resumed) return;
    const missing = checkFolder(folder);
    try {
      for (const one of missing) {
        mkdirSync(one);
        this.made.unshift(one);
      }
    } catch (error) {
      this.discard();
      throw new Failure(`--out ${folder} cannot be written: ${fileProblem(error)}; name another folder.`);
    }
  }

  putPlan(plan: QdaifPlan): void {
    this.put(names.plan, writtenPlan(plan));
  }

  putManifest(manifest: object): void {
    this.put('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** Writes all of one run. */
  putRun({ salon, summary, seconds, svg, png }: RunFiles): void {
    const within = join('runs', runName(summary));
    const lines = salon.individuals.map((individual) => `${JSON.stringify(individual)}\n`);
    this.put(join(within, names.individuals), lines.join(''));
    this.put(join(within, names.archive), salon.archive.save(codec));
    this.put(join(within, names.svg), svg);
    this.put(join(within, names.png), png);
    this.put(join(within, names.summary), `${JSON.stringify({ format: 'lichen-qdaif-run', version: 1, ...summary, seconds }, null, 2)}\n`);
  }

  putText(name: string, text: string): void {
    this.put(name, text);
  }

  /** Takes back what was made for an experiment that never began. */
  discard(): void {
    try {
      for (const name of [names.plan, 'manifest.json', names.cassette]) rmSync(join(this.path, name), { force: true });
      for (const folder of this.made) rmdirSync(folder);
    } catch {
      // what cannot be taken back stays; why it never began is the better thing to tell
    }
  }

  private put(name: string, content: string | Uint8Array): void {
    const file = join(this.path, name);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeWhole(file, content);
    } catch (error) {
      throw new Failure(`${file} cannot be written: ${fileProblem(error)}; make room and go on with: lichen qdaif --out ${this.path} --resume`);
    }
  }
}

export function runName({ method, seed }: Pick<SalonSummary, 'method' | 'seed'>): string {
  return `${method}-seed-${seed}`;
}

/** A recorded experiment. Throws a failure with one sentence when there is none in the folder. */
export function openQdaif(folder: string): { path: string; plan: QdaifPlan; cassette: string } {
  const path = resolve(folder);
  if (!existsSync(join(path, names.plan))) throw new Failure(`${folder} does not hold a QDAIF experiment: there is no ${names.plan} in it; name a folder that was made with --out.`);
  return { path, plan: readPlan(join(path, names.plan)), cassette: join(path, names.cassette) };
}

/** Iterations and fingerprint that stand in a recorded run's summary; null where there is none, or none that can be read. */
export function recordedRun(path: string, run: Pick<SalonSummary, 'method' | 'seed'>): Pick<SalonSummary, 'iterations' | 'fingerprint'> | null {
  try {
    const { iterations, fingerprint } = JSON.parse(readFileSync(join(path, 'runs', runName(run), names.summary), 'utf8')) as SalonSummary;
    return { iterations, fingerprint };
  } catch {
    return null;
  }
}

/** The archive of a recorded run. @throws Error with one sentence */
export function readArchive(path: string, run: Pick<SalonSummary, 'method' | 'seed'>): Archive<Resident> {
  // plain bytes: what a Buffer slices is not a copy
  return loadArchive(new Uint8Array(readFileSync(join(path, 'runs', runName(run), names.archive))), codec);
}
