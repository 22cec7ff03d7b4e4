import { parameterFacts, type ParameterFacts } from '../../core/kernel/parameters.ts';
import type { WorldDefinition } from '../../core/kernel/world.ts';
import { findWorld, worlds } from '../../worlds/index.ts';
import { orFail } from './failure.ts';
import { proseWidth, wrap } from './words.ts';

/** `lichen worlds`: what there is, from the worlds' own descriptions. */
export function listWorlds(name: string | undefined, { json = false }: { json?: boolean }): void {
  const chosen = name === undefined ? worlds : [orFail(() => findWorld(name))];
  if (json) process.stdout.write(`${JSON.stringify(chosen.map(worldFacts), null, 2)}\n`);
  else {
    const width = proseWidth(process.stdout);
    const told = chosen.map((world) => describe(world, width));
    if (name === undefined) told.push(wrap('There is a world of texts besides, the salon, which lives in an archive and is run by lichen qdaif.', width));
    process.stdout.write(`${told.join('\n\n')}\n`);
  }
}

function worldFacts(world: WorldDefinition): object {
  const { name, title, sentence, vocabulary, measures, objective, founders } = world;
  return { name, title, sentence, objective, measures, ...vocabulary, founders, parameters: parameterFacts(world.parameters) };
}

function describe(world: WorldDefinition, width: number): string {
  const { vocabulary } = world;
  const facts = parameterFacts(world.parameters);
  const all: [head: string, rows: [string, string][]][] = [
    ['Pressures (--set key=value, or a slider while it runs)', facts.filter((fact) => fact.pressure).map(parameterRow)],
    ['Other parameters (--set key=value)', facts.filter((fact) => !fact.pressure).map(parameterRow)],
    ['What its organisms sense', vocabulary.senses.map(({ name, sentence, lower, upper, unit }) => [name, `${sentence} ${lower} to ${upper}${withUnit(unit)}.`])],
    ['What they can do', vocabulary.acts.map(({ name, sentence, targets }) => [targets.length === 0 ? name : `${name} ${targets.join('|')}`, sentence])],
    ['What it archives', [['objective', `${world.objective}.`], ...world.measures.map(({ name, sentence }): [string, string] => [name, sentence])]],
  ];
  if (vocabulary.signals.length > 0) all.push(['What they can signal', [[vocabulary.signals.join(', '), 'heard by others in the next tick.']]]);
  if (vocabulary.registers.length > 0) {
    all.push(['What they remember', [[vocabulary.registers.map((register) => `memory.${register}`).join(', '), 'numbers that stay from tick to tick.']]]);
  }
  return [
    `${world.name} — ${world.title}`,
    wrap(world.sentence, width, '  '),
    ...all.filter(([, rows]) => rows.length > 0).map(([head, rows]) => `\n  ${head}\n${table(rows, width)}`),
  ].join('\n');
}

function parameterRow({ key, sentence, min, max, initial, unit }: ParameterFacts): [string, string] {
  return [key, `${sentence} ${min} to ${max}${withUnit(unit)}, default ${initial}.`];
}

function withUnit(unit: string): string {
  return unit === '' ? '' : unit === '%' ? '%' : ` ${unit}`;
}

/** Names in one column, sentences in the other; a long name has a line of its own. */
function table(rows: readonly [string, string][], width: number): string {
  const column = Math.min(22, Math.max(...rows.map(([name]) => name.length)) + 2);
  const indent = ' '.repeat(4 + column);
  return rows.map(([name, sentence]) => {
    const lines = wrap(sentence, width, indent);
    return name.length < column ? `    ${name.padEnd(column)}${lines.slice(indent.length)}` : `    ${name}\n${lines}`;
  }).join('\n');
}
