import { Command, Option } from 'commander';
import type { ExportFlags } from './export.ts';
import { exportForms } from './export-forms.ts';
import { wholeNumber } from './flags.ts';
import type { ReplayFlags } from './replay.ts';
import type { ShowFlags } from './show.ts';

/** The commands over recorded runs; what they do is loaded when it is asked for. `done` is told the exit code. */
export function recordCommands(done: (code: number) => void): Command[] {
  return [
    new Command('runs').argument('[folder]', 'where recorded runs are', 'runs')
      .description('List recorded runs: world, seed, ticks, fingerprint, whether they are whole.')
      .option('--json', 'as one line of JSON')
      .action(async (folder: string, flags: { json?: boolean }) => {
        const { listRuns } = await import('./runs.ts');
        done(await listRuns(folder, flags));
      }),
    new Command('show').argument('<run>', 'the folder of a recorded run')
      .description('What a recorded run came to, with a small chart, or as a page with plots that stands alone.')
      .option('--html <file>', 'write the page into this new file')
      .option('--json', 'as one line of JSON')
      .action(async (target: string, flags: ShowFlags) => {
        const { show } = await import('./show.ts');
        done(await show(target, flags));
      }),
    new Command('replay').argument('<run>', 'the folder of a recorded run')
      .description('Make a recorded run again from spec, commands and replies, and compare it with the record tick by tick.')
      .option('--ticks <n>', 'as far as this tick (default: as far as there is a record)', wholeNumber('--ticks', 1, 1_000_000_000))
      .option('--json', 'print what was found as one line of JSON')
      .addHelpText('after', '\nEnds with code 0 when they agree, and 4 when they part; the tick and the event are said.')
      .action(async (target: string, flags: ReplayFlags) => {
        const { replay } = await import('./replay.ts');
        done(await replay(target, flags));
      }),
    new Command('export').argument('<run>', 'the folder of a recorded run')
      .description('Write what happened in a run as CSV, Parquet or JSON Lines, its phylogeny in the ALife data standard or as Newick, its genotypes as ggmuller reads them.')
      .option('--table <name>', 'births, deaths, genomes, commands, archive, measures, thoughts, judgings, messages, positions or ticks (default: births)')
      .addOption(new Option('--format <form>', 'csv, parquet, jsonl; or of the whole run phylogeny (ALife standard CSV), newick, muller (two tables, with --all)').choices(exportForms))
      .option('--living', 'of the phylogeny the living and their ancestors alone')
      .option('--first-parents', 'of each taxon the first parent alone, for tools that know one (phylotrackpy)')
      .option('--out <file>', 'into this new file instead of standard output')
      .option('--all <dir>', 'every table and the phylogeny, into this folder')
      .option('--json', 'print what was written as one line of JSON')
      .action(async (target: string, flags: ExportFlags) => {
        const { exportRun } = await import('./export.ts');
        done(await exportRun(target, flags));
      }),
  ];
}
