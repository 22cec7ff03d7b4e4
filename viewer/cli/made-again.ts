import { existsSync } from 'node:fs';
import type { Lab } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { noModel, openService, replayAccess } from './model-access.ts';
import { openLab, watchReplay } from './perform.ts';
import type { RecordedRun } from './recorded-run.ts';

/** A recorded run that is made again from spec, commands and recorded replies; it asks nobody. */
export interface MadeAgain {
  readonly lab: Lab;
  /** The first answer that was needed and is not on record; null while there is none. */
  missing(): string | null;
  close(): Promise<void>;
}

/** Begins at tick 0, founders placed. Throws a failure where the recorded replies cannot be read. */
export async function makeAgain({ cassette, commands }: RecordedRun, spec: RunSpec): Promise<MadeAgain> {
  const access = existsSync(cassette) ? replayAccess(cassette, spec.model) : noModel;
  const service = await openService(access, { budget: spec.budget });
  let lab: Lab;
  try {
    lab = openLab(spec, service, commands.commands);
  } catch (error) {
    await service?.close();
    throw error;
  }
  return {
    lab,
    missing: service === null ? () => null : watchReplay(lab),
    async close() {
      lab.close();
      await service?.close();
    },
  };
}

/** What is measured changes no run: one that is only compared goes without. */
export function unmeasured(spec: RunSpec): RunSpec {
  return { ...spec, measures: { ...spec.measures, wanted: [] } };
}
