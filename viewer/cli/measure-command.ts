import { Command } from 'commander';
import { defaultGroups, groupNames } from '../../core/measures/group-names.ts';
import { gather, wholeNumber } from './flags.ts';
import type { MeasureFlags } from './measure.ts';

/** The command `lichen measure`; what it does is loaded when it is asked for. `done` is told the exit code. */
export function measureCommand(done: (code: number) => void): Command {
  return new Command('measure').argument('<run>', 'the folder of a recorded run')
    .description('Play a recorded run again and measure it; what is measured is what would have been measured live.')
    .option('--measures <names>', `groups of measures with commas, or all: ${groupNames.join(', ')} (default: the run's own, or ${defaultGroups.join(', ')})`)
    .option('--every <n>', 'ticks from sample to sample (default: the run\'s)', wholeNumber('--every', 1, 1_000_000_000))
    .option('--with <measures.field=value>', 'how it is measured: measures.slowEvery=50, measures.shadows=99, measures.traits=energy, …; may be given several times', gather, [])
    .option('--ticks <n>', 'measure up to this tick (default: the run\'s last)', wholeNumber('--ticks', 1, 1_000_000_000))
    .option('--csv <file>', 'write the series into this new file, a line a tick')
    .option('--embeddings <model>', 'embed genomes with a model instead of by spelling: one of the endpoint at OPENAI_BASE_URL, embedded, or a .gguf file; what it says is kept')
    .option('--json', 'print all of it as one line of JSON on standard output')
    .action(async (target: string, flags: MeasureFlags) => {
      const { measure } = await import('./measure.ts');
      done(await measure(target, flags));
    });
}
