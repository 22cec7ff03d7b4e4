import { archiveLives } from '../../core/archive/life-archive.ts';
import type { ArchiveEvent, TickEvent } from '../../core/events/event.ts';
import { genomeHash } from '../../core/recording/genome-keys.ts';
import { Cause, NOBODY, Outcome, Variation, operatorNames } from '../../core/kernel/tick-events.ts';
import type { RecordedRow } from '../../core/recording/tick-record.ts';
import type { Simulation } from '../../core/simulation.ts';
import { answerDue, outsiders, restless, startMeadow, thoughtful, variedFounders, type MeadowSimulation } from '../worlds/meadow-run.ts';

/** A meadow in which everything happens that can: thoughts, judgements, messages, immigrants, turned pressures, an archive, measures. */
export function busyMeadow(seed: number): { simulation: Simulation; step(): void } {
  const { simulation } = startMeadow({
    seed, founders: variedFounders(seed), parameters: { ...thoughtful, modelShare: 0.3, mutationRate: 0.5, lifespan: 80 },
  });
  const plain = simulation as unknown as Simulation;
  archiveLives(plain);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || event.tick % 5 !== 0) return;
    simulation.emit({ kind: 'measures', tick: event.tick, values: { 'population.count': event.population, 'nothing.known': NaN, 'third.part': event.tick / 3 } });
  });
  const turns = restless(seed);
  const guests = outsiders(seed);
  return {
    simulation: plain,
    step() {
      const next = simulation.kernel.tick + 1;
      for (const command of [...turns(next), ...guests(next)]) simulation.submit(command);
      answerDue(simulation as MeadowSimulation);
      simulation.step();
    },
  };
}

type Observed = Record<'ticks' | 'births' | 'deaths' | 'commands' | 'archive' | 'thoughts' | 'judgings' | 'messages' | 'measures' | 'positions', RecordedRow[]> & { genomes: Map<string, string> };

/** What one who writes down every event in the plainest way has in the end; founders first. To be called before the first tick. */
export function observePlainly(simulation: Simulation, positionsEvery: number): Observed {
  const { kernel } = simulation;
  const seen: Observed = { ticks: [], births: [], deaths: [], commands: [], archive: [], thoughts: [], judgings: [], messages: [], measures: [], positions: [], genomes: new Map() };
  const nameOf = (codes: Record<string, number>, code: number): string => Object.entries(codes).find(([, value]) => value === code)![0];
  const somebody = (id: number): number | null => (id === NOBODY ? null : id);
  const hash = (handle: number): string => {
    const text = kernel.genomes.text(handle);
    const key = BigInt(`0x${genomeHash(text)}`).toString();
    seen.genomes.set(key, text);
    return key;
  };
  const { columns: c, count } = kernel.pop;
  for (let row = 0; row < count; row++) {
    seen.births.push({
      tick: 0, id: c.id[row]!, parent: null, partner: null, genome: hash(c.genome[row]!), operator: 'founder', outcome: 'none', variation: '', same: false,
      lineage: c.id[row]!, tag: c.tag[row]!, x: c.x[row]!, y: c.y[row]!,
    });
  }
  seen.ticks.push({ tick: 0, fingerprint: simulation.fingerprint, population: count, births: count, deaths: 0, conceptions: 0, thoughts: 0, judgings: 0, refused: 0 });

  function tick(event: TickEvent): void {
    const { tick, births: b, deaths: d, thoughts: t, judgings: j } = event;
    let born = 0;
    for (let i = 0; i < b.count; i++) {
      if (b.operator[i] === 0) continue;
      born++;
      seen.births.push({
        tick, id: b.id[i]!, parent: somebody(b.parent[i]!), partner: somebody(b.partner[i]!), genome: hash(b.genome[i]!), operator: operatorNames[b.operator[i]!]!,
        outcome: nameOf(Outcome, b.outcome[i]!), variation: Object.entries(Variation).filter(([, bit]) => (b.variation[i]! & bit) !== 0).map(([name]) => name).join('+'),
        same: b.same[i] === 1, lineage: b.lineage[i]!, tag: b.tag[i]!, x: b.x[i]!, y: b.y[i]!,
      });
    }
    for (let i = 0; i < d.count; i++) {
      seen.deaths.push({
        tick, id: d.id[i]!, cause: nameOf(Cause, d.cause[i]!), born_at: d.bornAt[i]!, children: d.children[i]!, genome: hash(d.genome[i]!), lineage: d.lineage[i]!,
        operator: operatorNames[d.operator[i]!]!, objective: d.objective[i]!, mobility: d.measure0[i]!, diet: d.measure1[i]!,
      });
    }
    for (const { seq, command } of event.commands) seen.commands.push({ tick, seq, kind: command.kind, command: JSON.stringify(command) });
    for (let i = 0; i < t.count; i++) {
      seen.thoughts.push({
        tick, organism: t.organism[i]!, due_at: t.dueAt[i]!, genome: hash(t.genome[i]!), age: t.age[i]!, energy: t.energy[i]!, children: t.children[i]!, fired: t.fired[i]!,
      });
    }
    for (let i = 0; i < j.count; i++) seen.judgings.push({ tick, organism: j.organism[i]!, due_at: j.dueAt[i]!, genome: hash(j.genome[i]!) });
    for (const { from, text, hearers } of event.messages) seen.messages.push({ tick, from, text, hearers });
    if (tick % positionsEvery === 0) {
      const { columns: now, count: alive } = kernel.pop;
      const rows = Array.from({ length: alive }, (_, row): RecordedRow => ({
        tick, id: now.id[row]!, x: now.x[row]!, y: now.y[row]!, energy: now.energy[row]!, act: kernel.world.vocabulary.acts[now.act[row]!]!.name, lineage: now.lineage[row]!,
      }));
      seen.positions.push(...rows.sort((p, q) => (p['id'] as number) - (q['id'] as number)));
    }
    seen.ticks.push({
      tick, fingerprint: '', population: event.population, births: born, deaths: d.count, conceptions: event.conceptions.count, thoughts: t.count, judgings: j.count, refused: event.refused,
    });
  }

  function archive({ tick, cells, objectives, organisms }: ArchiveEvent): void {
    const { deaths } = kernel;
    cells.forEach((cell, i) => {
      const died = deaths.id.indexOf(organisms[i]!);
      seen.archive.push({ tick, cell, objective: objectives[i]!, genome: hash(deaths.genome[died]!), organism: organisms[i]! });
    });
  }

  simulation.events$.subscribe((event) => {
    if (event.kind === 'tick') tick(event);
    else if (event.kind === 'archive') archive(event);
    else for (const [measure, value] of Object.entries(event.values)) seen.measures.push({ tick: event.tick, measure, value: Number.isNaN(value) ? null : value });
  });
  return seen;
}

/** The fingerprint after the tick that has just ended, put where the plain observer could not yet know it. */
export function notePrint(seen: Observed, simulation: Simulation): void {
  const last = seen.ticks.length - 1;
  seen.ticks[last] = { ...seen.ticks[last], fingerprint: simulation.fingerprint };
}
