import { Command } from 'commander';
import { methodNames } from '../../worlds/salon/methods.ts';
import { anyNumber, wholeNumber, withCaps } from './flags.ts';
import type { QdaifFlags } from './qdaif-plan.ts';

/** The command `lichen qdaif`; what it does is loaded when it is asked for. `done` is told the exit code. */
export function qdaifCommand(done: (code: number) => void): Command {
  return withCaps(new Command('qdaif')
    .description('Quality-diversity through AI feedback: texts are the organisms, written and judged by models, with QDAIF\'s methods and its controls.')
    .option('--domain <name or file>', 'opinions, stories-genre, stories-ending, stories-genre-ending, poetry, or a JSON file with a domain of your own')
    .option('--method <name>', `${methodNames.join(', ')} (default: lmx-near)`)
    .option('--methods <names>', 'several of them, with commas, or all')
    .option('--iterations <n>', 'texts written in each run (default: 2000)', wholeNumber('--iterations', 1, 10_000_000))
    .option('--seeds <k>', 'runs of each method (default: 5)', wholeNumber('--seeds', 1, 10_000))
    .option('--first-seed <n>', 'seed of the first (default: 1)', wholeNumber('--first-seed', 0, 1_000_000_000_000))
    .option('--init <how>', 'begin seeded, with the domain\'s texts, or zero-shot, with the model\'s (default: seeded)')
    .option('--temperature <x>', 'of writing (default: 0.8)', anyNumber('--temperature', 0, 2))
    .option('--rejudge <n>', 'times that each elite is judged anew at the end, 0 for never (default: 3)', wholeNumber('--rejudge', 0, 1000))
    .option('--repeats <n>', 'ratings that are averaged where a model gives no log-probabilities (default: 3)', wholeNumber('--repeats', 1, 100))
    .option('--model <model>', 'embedded, the path of a .gguf file, or the name of an endpoint\'s model')
    .option('--out <dir>', 'keep the experiment in this new folder: texts, archives, heat maps, table, and every reply')
    .option('--resume', 'go on with the experiment in --out')
    .option('--replay <dir>', 'make a recorded experiment again from its replies, without a model'))
    .option('--prices <file>', 'a price table of your own, in dollars a million tokens')
    .option('--estimate', 'say what the experiment would ask and cost, and make nothing')
    .option('--view <dir>', 'look at a recorded experiment again in the browser, from its texts; nobody is asked')
    .option('--headless', 'without page')
    .option('--port <n>', 'port of the page, 0 for any (default: 4242)', wholeNumber('--port', 0, 65_535))
    .option('--json', 'print what was found as one line of JSON on standard output; implies --headless')
    .action(async (flags: QdaifFlags) => {
      const { qdaif } = await import('./qdaif.ts');
      done(await qdaif(flags));
    });
}
