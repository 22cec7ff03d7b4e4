import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Failure, fileProblem } from './failure.ts';
import { checkFolder } from './run-folder.ts';
import { armNames, trialPlan, type ArmName, type TrialPlan } from './trial-plan.ts';
import { trialRun, type TrialRun } from './trial-run.ts';
import { writeWhole } from './whole-file.ts';

const head = z.object({ plan: trialPlan, arms: z.array(z.enum(armNames)), seeds: z.array(z.number()) });
/** Which trial a folder holds. */
export type TrialHead = z.infer<typeof head>;

/**
 * The folder of a trial: `trial.json` with the plan and, in the end, all that was found; `report.md`, `runs.csv`,
 * `operators.csv`; and in `runs/` each run's record and the cassette of its model. Finished runs are taken from there when the
 * trial is started again; a run without a record is gone on with from its cassette.
 */
export class TrialFolder {
  readonly path: string;

  constructor(folder: string) {
    this.path = resolve(folder);
  }

  /** The trial that it holds, null when it is absent or empty. Throws a failure when it holds something else. */
  read(): TrialHead | null {
    if (!existsSync(join(this.path, 'trial.json'))) {
      checkFolder(this.path);
      return null;
    }
    return this.parse('trial.json', head);
  }

  /** Makes it, or sees that it goes by the same plan, so that its runs are comparable. */
  begin(now: TrialHead): void {
    const earlier = this.read();
    if (earlier !== null) agree(earlier.plan, now.plan, this.path);
    try {
      mkdirSync(join(this.path, 'runs'), { recursive: true });
    } catch (error) {
      throw new Failure(`--out ${this.path} cannot be written: ${fileProblem(error)}; name another folder.`);
    }
    if (earlier === null || earlier.arms.length < now.arms.length || earlier.seeds.length < now.seeds.length) this.put('trial.json', `${JSON.stringify(now, null, 2)}\n`);
  }

  cassette(arm: ArmName, seed: number): string {
    return join(this.path, 'runs', `${arm}-${seed}.cassette.jsonl`);
  }

  /** The record of a run that was finished; null when it was not. */
  run(arm: ArmName, seed: number): TrialRun | null {
    const name = join('runs', `${arm}-${seed}.json`);
    return existsSync(join(this.path, name)) ? this.parse(name, trialRun) : null;
  }

  keep(run: TrialRun): void {
    this.put(join('runs', `${run.arm}-${run.seed}.json`), `${JSON.stringify(run)}\n`);
  }

  /** Writes a file under another name first, so that it is whole where it stands. */
  put(name: string, text: string): void {
    const file = join(this.path, name);
    try {
      writeWhole(file, text);
    } catch (error) {
      throw new Failure(`${file} cannot be written: ${fileProblem(error)}; make room and start the trial again, it goes on from here.`);
    }
  }

  private parse<T>(name: string, schema: z.ZodType<T>): T {
    const file = join(this.path, name);
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new Failure(`${file} cannot be read: ${error instanceof SyntaxError ? 'it is not JSON' : fileProblem(error)}; restore it from a copy, or remove it and its run is made again.`);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Failure(`${file} is not what a trial of this version writes (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}); name another folder with --out.`);
    }
    return parsed.data;
  }
}

/** Throws a failure that names the first thing in which two plans differ. */
function agree(earlier: TrialPlan, now: TrialPlan, folder: string): void {
  const flat = ({ parameters, garden, language, model, ...rest }: TrialPlan): Record<string, unknown> =>
    ({ ...rest, ...parameters, garden: JSON.stringify(garden), language: JSON.stringify(language), ...(earlier.model === null || now.model === null ? {} : { model }) });
  const [a, b] = [flat(earlier), flat(now)];
  const key = [...new Set([...Object.keys(a), ...Object.keys(b)])].find((one) => a[one] !== b[one]);
  if (key === undefined) return;
  throw new Failure(`The trial in ${folder} was begun with ${key} ${String(a[key])}, and now it is ${String(b[key])}: go on as it was begun, or name another folder with --out.`);
}
