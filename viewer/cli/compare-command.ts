import { Command } from 'commander';
import type { CompareFlags } from './compare-runs.ts';

/** The command `lichen compare`; what it does is loaded when it is asked for. `done` is told the exit code. */
export function compareCommand(done: (code: number) => void): Command {
  return new Command('compare').argument('<runs...>', 'folders of recorded runs')
    .description('Compare recorded runs by what differs in their specs: means with intervals, effects, and what chance would do.')
    .option('--outcomes <names>', 'what is compared, with commas: population, births, coverage, qdScore, …, or measures, for a whole run as mean:diversity.genomeEffective')
    .option('--html <file>', 'write a report with pictures that stands alone')
    .option('--json', 'print what was found as one line of JSON on standard output')
    .action(async (runs: string[], flags: CompareFlags) => {
      const { compareRuns } = await import('./compare-runs.ts');
      done(compareRuns(runs, flags));
    });
}
