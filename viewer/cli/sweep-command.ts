import { Command } from 'commander';
import { wholeNumber } from './flags.ts';
import type { SweepFlags } from './sweep.ts';

/** The command `lichen sweep`; what it does is loaded when it is asked for. `done` is told the exit code. */
export function sweepCommand(done: (code: number) => void): Command {
  return new Command('sweep').argument('<experiment>', 'a JSON file, or a TypeScript file that exports experiment')
    .description('Run an experiment: every point of its design with every seed, on all cores, and compare what came of them. Started again, it goes on where it was.')
    .option('--out <dir>', 'folder of the runs, table and report (default: runs/ and the experiment\'s name)')
    .option('--cores <n>', 'runs at the same time (default: as many as there are cores; one where they ask the embedded model)', wholeNumber('--cores', 1, 1024))
    .option('--json', 'print what was found as one line of JSON on standard output')
    .action(async (file: string, flags: SweepFlags) => {
      const { sweep } = await import('./sweep.ts');
      done(await sweep(file, flags));
    });
}
