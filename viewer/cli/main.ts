import { Command, CommanderError, Option } from 'commander';
import type { BranchFlags } from './branch.ts';
import { compareCommand } from './compare-command.ts';
import { Failure, foreseen } from './failure.ts';
import { anyNumber, budgetFlag, gather, operatorFlag, wholeNumber, withCaps } from './flags.ts';
import { measureCommand } from './measure-command.ts';
import { qdaifCommand } from './qdaif-command.ts';
import { recordCommands } from './record-commands.ts';
import type { RunFlags } from './run.ts';
import type { StartFlags } from './start.ts';
import { sweepCommand } from './sweep-command.ts';
import type { TrialFlags } from './trial-plan.ts';

/** Longest that a finished command waits for what it has let go of. */
const LINGER_MS = 3000;

const endings = `
Ends with code 0; 2 when something was wrong with what was asked, in one sentence on standard error; 3 when the budget
was spent and the run was to pause; 130 (Ctrl-C) or
143 (SIGTERM) when a run without viewer was cut short, its summary and files written as far as it came.`;

/** The command line: what a command does is loaded when it is chosen. Returns when it is done; the exit code is set on the process. */
export async function main(args: readonly string[]): Promise<void> {
  // whoever reads our output may have seen enough
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  }
  try {
    await describe().parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = ended(error);
  }
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

function ended(error: unknown): number {
  // commander has said it already
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const sentence = foreseen(error);
  if (sentence === null) {
    process.stderr.write(`lichen: This was not foreseen; please report it.\n${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`lichen: ${sentence}\n`);
  return 2;
}

function describe(): Command {
  const program = new Command('lichen')
    .description('Worlds of organisms whose children are written by a language model.')
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ outputError: (text, write) => write(`lichen: ${oneSentence(text)}\n`) })
    .helpCommand(false);

  watched(program.command('run').argument('<world or spec file>', 'a world\'s name (see lichen worlds), a spec file, or the folder of a recorded run')
    .description('Run a world: with the viewer on 127.0.0.1, or --headless as fast as it goes.')
    .option('--seed <n>', 'seed of everything random (default: 1, or the spec\'s)', wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER))
    .option('--ticks <n>', 'stop after this tick (default: the spec\'s; 1000 without viewer)', wholeNumber('--ticks', 1, 1_000_000_000))
    .option('--operator <name>', 'who writes children: classical, llm (the model, every child) or mixed (a share, modelShare)', operatorFlag)
    .option('--set <key=value>', 'set a parameter or pressure; may be given several times', gather, [])
    .option('--model <model>', 'embedded, none, the path of a .gguf file, or the name of an endpoint\'s model')
    .option('--replay <path>', 'take the models\' replies from this cassette or recorded run; nothing else is asked')
    .option('--resume', 'go on with a recorded run, in its own folder')
    .option('--cache <file>', 'a cassette shared between runs: its replies serve, and new ones are added')
    .option('--estimate', 'say what the run would ask and cost, and run nothing')
    .addOption(new Option('--cassette <file>').hideHelp())
    .option('--out <dir>', 'record the run in this new folder')
    .addHelpText('after', endings))
    .action(async (target: string, flags: RunFlags) => {
      const { run } = await import('./run.ts');
      process.exitCode = await run(target, flags);
    });

  watched(program.command('branch').argument('<run>', 'the folder of a recorded run')
    .description('Run a recorded history once more, from a tick on with something changed: history with one difference.')
    .requiredOption('--at <tick>', 'the last tick that both share', wholeNumber('--at', 0, 1_000_000_000))
    .option('--set <key=value>', 'what is changed from the next tick on; may be given several times', gather, [])
    .requiredOption('--out <dir>', 'record the branch in this new folder')
    .option('--ticks <n>', 'stop after this tick (default: the run\'s)', wholeNumber('--ticks', 1, 1_000_000_000))
    .option('--model <model>', 'embedded, none, the path of a .gguf file, or the name of an endpoint\'s model')
    .addHelpText('after', endings))
    .action(async (target: string, flags: BranchFlags) => {
      const { branch } = await import('./branch.ts');
      process.exitCode = await branch(target, flags);
    });

  withModels(program.command('start')
    .description('Run the default world with the model as its variation operator, and the viewer: what npm start does.')
    .option('--seed <n>', 'seed of everything random (default: 1)', wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER))
    .option('--set <key=value>', 'set a parameter or pressure; may be given several times', gather, [])
    .option('--model <model>', 'embedded, none, the path of a .gguf file, or the name of an endpoint\'s model')
    .option('--out <dir>', 'record the run in this new folder')
    .option('--port <n>', 'port of the viewer, 0 for any (default: 4242)', wholeNumber('--port', 0, 65_535))
    .option('--speed <n>', 'ticks a second, 0 as fast as it goes (default: 30)', anyNumber('--speed', 0, 1000)))
    .action(async (flags: StartFlags) => {
      const { start } = await import('./start.ts');
      process.exitCode = await start(flags);
    });

  program.command('trial').argument('<world>', 'a world\'s name (see lichen worlds)')
    .description('Prove whether the model helps: the same births with and without it over several seeds, and a report.')
    .option('--arms <names>', 'who writes children: blind, llm (the model, every child), mixed (a share), with commas', 'blind,llm,mixed')
    .option('--budget-births <n>', 'births counted in each run', wholeNumber('--budget-births', 1, 1_000_000), 200)
    .option('--seeds <k>', 'how many seeds each arm runs', wholeNumber('--seeds', 1, 10_000), 4)
    .option('--first-seed <n>', 'the first of them', wholeNumber('--first-seed', 0, 1_000_000_000_000), 1)
    .option('--burn-in <ticks>', 'classical evolution before, the same in every arm', wholeNumber('--burn-in', 0, 1_000_000), 300)
    .option('--share <x>', 'the model\'s share of conceptions in the arm mixed', anyNumber('--share', 0.0001, 1), 0.5)
    .option('--mutation-rate <x>', 'chance that a child no model writes is changed, while births are counted', anyNumber('--mutation-rate', 0, 1), 1)
    .option('--gardens <n>', 'common gardens grown for each pair of arms and seed', wholeNumber('--gardens', 0, 1000), 20)
    .option('--set <key=value>', 'set a parameter or pressure; may be given several times', gather, [])
    .option('--with <language.field=value>', 'how the model is asked: language.style=few-shot, …; may be given several times', gather, [])
    .option('--model <model>', 'embedded, the path of a .gguf file, or the name of an endpoint\'s model')
    .option('--prices <file>', 'a price table of your own, in dollars a million tokens')
    .option('--out <dir>', 'keep the trial in this folder; started again there, it goes on where it was')
    .option('--replay', 'make the trial in --out again from its recorded replies, without a model')
    .option('--json', 'print what was found as one line of JSON on standard output')
    .action(async (world: string, flags: TrialFlags) => {
      const { trial } = await import('./trial.ts');
      process.exitCode = await trial(world, flags);
    });

  for (const command of recordCommands((code) => { process.exitCode = code; })) program.addCommand(command.copyInheritedSettings(program));

  for (const make of [sweepCommand, compareCommand]) program.addCommand(make((code) => { process.exitCode = code; }).copyInheritedSettings(program));

  program.addCommand(qdaifCommand((code) => { process.exitCode = code; }).copyInheritedSettings(program));
  program.addCommand(measureCommand((code) => { process.exitCode = code; }).copyInheritedSettings(program));

  program.command('worlds').argument('[world]')
    .description('What worlds there are: senses, acts, parameters.')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, flags: { json?: boolean }) => {
      const { listWorlds } = await import('./worlds.ts');
      listWorlds(name, flags);
    });

  const model = program.command('model').description('The embedded language model: fetch, show, check.');
  model.command('fetch').description('Fetch its weights, once.').action(async () => {
    const { fetchModel } = await import('./model.ts');
    process.exitCode = await fetchModel();
  });
  model.command('show').description('Which model runs use, and where the weights are.').option('--json', 'as JSON')
    .action(async (flags: { json?: boolean }) => {
      const { showModel } = await import('./model.ts');
      await showModel(flags);
    });
  model.command('check').argument('[model]', 'embedded, the path of a .gguf file, or the name of an endpoint\'s model', 'embedded')
    .description('Verify the checksum, load the model, and let it write a program.')
    .action(async (asked: string) => {
      const { checkModel } = await import('./model.ts');
      process.exitCode = await checkModel(asked);
    });

  program.argument('[command]').allowExcessArguments().action((command: string | undefined) => {
    if (command !== undefined) throw new Failure(`There is no command "${command}"; the commands are ${program.commands.map((each) => each.name()).join(', ')}.`);
    throw new Failure('Nothing was asked for; try lichen run meadow, or lichen --help for all there is.');
  });
  return program;
}

/** What can be said of a run that may be watched, besides what it asks of models. */
function watched(command: Command): Command {
  return withModels(command
    .option('--headless', 'without viewer')
    .option('--json', 'print the summary as one line of JSON, last on standard output; implies --headless')
    .option('--port <n>', 'port of the viewer, 0 for any (default: 4242)', wholeNumber('--port', 0, 65_535))
    .option('--speed <n>', 'ticks a second with the viewer, 0 as fast as it goes (default: 30)', anyNumber('--speed', 0, 1000)));
}

/** What can be said of models wherever they are used. */
function withModels(command: Command): Command {
  return withCaps(command.option('--with <section.field=value>', 'set a field of the spec: language.style, minds.archetypes, archive.objective, models.judge, …; may be given several times', gather, []))
    .option('--on-budget <what>', 'when a cap is reached: pause (stop where the run can be resumed) or blind (go on without models)', budgetFlag)
    .option('--prices <file>', 'a price table of your own, in dollars a million tokens');
}

/** commander's message, which may have a hint on a second line. */
function oneSentence(text: string): string {
  const words = text.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ').trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?)]$/.test(words) ? '' : '.'} See lichen --help.`;
}
