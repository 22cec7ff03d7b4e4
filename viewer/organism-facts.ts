import { splitGenome } from '../agents/instincts/prompt-line.ts';
import { BY_INTENT } from '../core/kernel/deliberation.ts';
import { NOBODY, operatorNames } from '../core/kernel/tick-events.ts';
import { squaredDistance } from '../core/kernel/torus.ts';
import type { Taxon } from '../core/measures/phylogeny.ts';
import { ABOVE } from '../core/measures/taxon-table.ts';
import type { Lab } from './lab.ts';
import { effectWords, intentWords } from './narrate.ts';
import type { Ancestor, EliteFacts, OrganismFacts } from './facts.ts';

const MOST_ANCESTORS = 12;
/** Ancestors that are told of at once when a page asks for more. */
const ANCESTORS_A_PAGE = 50;
const MOST_CHILDREN = 24;

/** Id of the living organism nearest to a place on the torus, no farther than `within` steps; -1 where nobody is. */
export function nearestOrganism({ simulation }: Lab, x: number, y: number, within = Infinity): number {
  const { pop, width, height } = simulation.kernel;
  const { columns } = pop;
  let best = -1;
  let least = within * within;
  for (let row = 0; row < pop.count; row++) {
    const apart = squaredDistance(columns.x[row]!, columns.y[row]!, x, y, width, height);
    if (apart <= least) { least = apart; best = columns.id[row]!; }
  }
  return best;
}

/** How its genome was written, what it has thought and how it was judged, as far as that is kept. */
export function modelFacts({ simulation, writer, thinker, judging }: Lab, id: number): Pick<OrganismFacts, 'story' | 'thoughts' | 'worth'> {
  const { acts } = simulation.world.vocabulary;
  const story = writer?.storyOf(id);
  const thoughts = thinker?.storyOf(id)?.thoughts ?? [];
  return {
    worth: judging?.worthOf(id) ?? null,
    story: story === undefined ? null : {
      operator: story.operator, model: story.model, outcome: story.outcome ?? 'in flight', reason: story.reason, instruction: story.instruction, plan: story.plan,
      asked: story.asked.at(-1)?.content ?? '', replies: [...story.replies],
    },
    thoughts: thoughts.map(({ tick, model, outcome, reason, tokens, messages, reply, thought, sharedWith }) => ({
      tick, model, outcome: outcome ?? 'in flight', reason, tokens, asked: messages.at(-1)?.content ?? '', reply,
      effect: thought === null ? '' : effectWords(acts, thought), plan: thought?.plan ?? '', sharedWith: sharedWith === id ? null : sharedWith,
    })).reverse(),
  };
}

/** Where it stands in its tree. */
function descentFacts(lab: Lab, id: number): Pick<OrganismFacts, 'parentGenome' | 'ancestors' | 'ancestorCount' | 'childrenAlive' | 'childrenAliveCount' | 'genotype'> {
  const { simulation: { kernel }, phylogeny } = lab;
  const { tree } = phylogeny;
  const slot = phylogeny.slotOf(id);
  if (slot === NOBODY) return { parentGenome: null, ancestors: [], ancestorCount: 0, childrenAlive: [], childrenAliveCount: 0, genotype: id };
  const { ancestors, count } = lineOf(lab, id, 0, MOST_ANCESTORS);
  const alive: number[] = [];
  for (const each of tree.slots()) if (tree.parent[each] === slot && tree.organisms[each]! > 0) alive.push(tree.id[each]!);
  let first = slot;
  for (let up = tree.parent[slot]!; up !== ABOVE && phylogeny.genomeOf(up) === phylogeny.genomeOf(first); up = tree.parent[up]!) first = up;
  const parent = tree.parent[slot]!;
  return {
    parentGenome: parent === ABOVE ? null : kernel.genomes.text(phylogeny.genomeOf(parent)), ancestors, ancestorCount: count,
    childrenAlive: alive.sort((a, b) => a - b).slice(0, MOST_CHILDREN), childrenAliveCount: alive.length, genotype: tree.id[first]!,
  };
}

/** A part of an organism's line of first parents, nearest first, and how many ancestors are known. */
export function lineOf(lab: Lab, id: number, from: number, most = ANCESTORS_A_PAGE): { ancestors: Ancestor[]; count: number } {
  const { phylogeny } = lab;
  const { tree } = phylogeny;
  const slot = phylogeny.slotOf(id);
  if (slot === NOBODY) return { ancestors: [], count: 0 };
  let at = tree.parent[slot]!;
  for (let i = 0; i < from && at !== ABOVE; i++) at = tree.parent[at]!;
  const ancestors: Ancestor[] = [];
  for (; at !== ABOVE && ancestors.length < most; at = tree.parent[at]!) ancestors.push(ancestorFacts(lab, phylogeny.taxon(tree.id[at]!)!));
  return { ancestors, count: tree.depth[slot]! };
}

/** What is known of the elite of a cell. Throws an error with one sentence for an empty cell. */
export function eliteFacts(lab: Lab, cell: number): EliteFacts {
  const { archive, simulation: { kernel }, phylogeny } = lab;
  const elite = archive.elite(cell);
  if (elite === null) throw new Error(`Cell ${cell} of the archive is empty.`);
  const { genome, organism, tick } = elite.solution;
  const { columns, count } = kernel.pop;
  let carriers = 0;
  for (let row = 0; row < count; row++) if (columns.genome[row] === genome) carriers++;
  return {
    cell, objective: elite.objective, measures: [elite.measures[0]!, elite.measures[1]!], genome: kernel.genomes.text(genome), organism, tick,
    ancestors: lineOf(lab, organism, 0, MOST_ANCESTORS).ancestors, hasDescendants: phylogeny.has(organism), carriers,
  };
}

/** Everything the card shows of an organism; null when nothing is known of it any more. */
export function organismFacts(lab: Lab, id: number): OrganismFacts | null {
  const { simulation, phylogeny } = lab;
  const { kernel } = simulation;
  const taxon = phylogeny.taxon(id);
  const descent = descentFacts(lab, id);
  const row = kernel.rowOf(id);
  if (row < 0) {
    if (taxon === undefined) return null;
    return {
      id, alive: false, bornAt: taxon.originTime, age: (taxon.destructionTime ?? kernel.tick) - taxon.originTime, energy: 0, children: 0, tag: 0,
      lineage: lineOf(lab, id, Math.max(0, descent.ancestorCount - 1), 1).ancestors[0]?.id ?? id, operator: taxon.operator, genome: kernel.genomes.text(taxon.genome), firedLine: -1,
      intent: null, rewritten: false, mobility: 0, diet: 0, x: 0, y: 0, parents: taxon.parents, ...descent, ...modelFacts(lab, id),
    };
  }
  const c = kernel.pop.columns;
  const life = new Float32Array(3);
  kernel.parts.lifeOf(row, life);
  const genome = kernel.genomes.text(c.genome[row]!);
  const hasActed = kernel.tick > c.bornAt[row]! || kernel.tick === 0;
  const intent = c.intent[row]! === 0 ? null : intentWords(simulation.world.vocabulary.acts, { act: c.intent[row]! - 1, target: c.intentTarget[row]!, ticks: c.intentTicks[row]! });
  return {
    id, alive: true, bornAt: c.bornAt[row]!, age: kernel.tick - c.bornAt[row]!, energy: c.energy[row]!, children: c.children[row]!,
    tag: c.tag[row]!, lineage: c.lineage[row]!, operator: operatorNames[c.operator[row]!]!, genome,
    // one rule a line in the canonical form, after the mutation prompt if there is one; a newborn has not acted yet
    firedLine: hasActed && c.fired[row]! !== BY_INTENT ? c.fired[row]! + (splitGenome(genome).prompt === null ? 0 : 1) : -1,
    intent, rewritten: taxon !== undefined && taxon.genome !== c.genome[row]!,
    mobility: life[1]!, diet: life[2]!, x: c.x[row]!, y: c.y[row]!, parents: taxon?.parents ?? [], ...descent, ...modelFacts(lab, id),
  };
}

function ancestorFacts({ simulation }: Lab, { id, genome, operator, originTime, destructionTime }: Taxon): Ancestor {
  return { id, genome: simulation.kernel.genomes.text(genome), operator, bornAt: originTime, diedAt: destructionTime };
}
