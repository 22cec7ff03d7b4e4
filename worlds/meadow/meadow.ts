/**
 * Meadow: grazers on a patchy field that regrows. Models resource competition with optional predation, signalling and
 * sharing, after the grazing worlds of artificial life (Holland's Echo; Ackley & Littman 1991; Yaeger's Polyworld).
 */
import { z } from 'zod';
import { CellList, packLook } from '../../core/kernel/cell-list.ts';
import { Field } from '../../core/kernel/field.ts';
import { commonParameters, parameter, pressure } from '../../core/kernel/parameters.ts';
import { drawn, purpose, seedKey, uniform } from '../../core/kernel/random.ts';
import { RowList } from '../../core/kernel/row-list.ts';
import { Sight } from '../../core/kernel/sight.ts';
import { defineWorld } from '../../core/kernel/world.ts';
import { HUNTER_TICKS, actFacts, lookingActs, performActs } from './acts.ts';
import { LONG_AGO, meadowColumns, ticksSince, type MeadowKernel, type MeadowParts } from './parts.ts';
import { bindSenses, lookingSenses, senseFacts } from './senses.ts';
import { end, layEggs, settle } from './upkeep.ts';

/** How far organisms see, in steps; a constant of the world, because the cell list is built for it. */
export const SIGHT = 3;
/** Kin marks that differ by no more than this, of 256 around the circle, are kin. */
const KIN_WIDTH = 10;
/** Side of a field cell, in steps. */
const GRAIN = 4;

const signals = ['red', 'blue'];

export const parameters = z.object({
  size: parameter({ title: 'Size', sentence: 'Width and height of the torus.', min: 16, max: 8192, default: 384, step: 1, unit: 'steps', live: false }),
  founders: parameter({ title: 'Founders', sentence: 'Organisms at the start.', min: 0, max: 2_000_000, default: 400, step: 1, live: false }),
  patchSize: parameter({ title: 'Patch size', sentence: 'Distance between rich patches.', min: 4, max: 1024, default: 72, step: 1, unit: 'steps', live: false }),
  bareGround: parameter({ title: 'Bare ground', sentence: 'Part of the range of richness that bears nothing.', min: 0, max: 0.9, default: 0.35, step: 0.01, live: false }),
  ...commonParameters,
  scarcity: pressure({ title: 'Scarcity', sentence: 'How slowly grass grows back: 0 is lush, 1 is none at all.', min: 0, max: 1, default: 0.4, step: 0.01 }),
  spread: pressure({ title: 'Spread of grass', sentence: 'Share of the difference to the neighbouring ground that seeds over in a tick.', min: 0, max: 0.5, default: 0.02, step: 0.01 }),
  costOfLiving: pressure({ title: 'Cost of living', sentence: 'Energy that a tick of life costs.', min: 0, max: 5, default: 0.4, step: 0.01, unit: 'energy' }),
  costOfMoving: pressure({ title: 'Cost of moving', sentence: 'Energy that a step costs on top of living.', min: 0, max: 5, default: 0.2, step: 0.01, unit: 'energy' }),
  crowding: pressure({ title: 'Crowding', sentence: 'Energy that each other organism in the same small square costs in a tick.', min: 0, max: 1, default: 0.02, step: 0.005, unit: 'energy' }),
  attackDamage: pressure({ title: 'Damage of attack', sentence: 'Most energy that one bite takes from its victim.', min: 0, max: 50, default: 6, step: 0.5, unit: 'energy' }),
  attackYield: pressure({ title: 'Yield of attack', sentence: 'Share of the bitten energy that the attacker gains.', min: 0, max: 1, default: 0.6, step: 0.01 }),
  lifespan: pressure({ title: 'Lifespan', sentence: 'Mean age at which an organism dies if nothing else kills it.', min: 10, max: 10_000, default: 300, step: 1, unit: 'ticks' }),
});

export const meadow = defineWorld({
  name: 'meadow',
  title: 'Meadow',
  sentence: 'Organisms graze a patchy field that regrows; they can hunt, flee, signal, share, and breed alone or in pairs.',
  parameters,
  columns: meadowColumns,
  vocabulary: { senses: senseFacts, acts: actFacts, signals, registers: ['a', 'b', 'c'] },
  // founders survive and no more: they find grass by chance and save far more than a child costs
  founders: [
    'when energy > 70 -> reproduce\nwhen chance 30% -> wander\notherwise -> eat',
    'when energy > 80 -> reproduce\nwhen grass.here > 30% -> eat\notherwise -> wander',
    'when energy > 75 and age > 40 ticks -> reproduce\nwhen chance 50% -> eat\notherwise -> wander',
    'when energy > 70 -> mate other\nwhen chance 25% -> wander\notherwise -> eat',
  ],
  objective: 'offspring conceived',
  measures: [
    { name: 'mobility', sentence: 'Steps moved for each tick of life.', lower: 0, upper: 1 },
    { name: 'diet', sentence: 'Share of the energy gained that was bitten out of others.', lower: 0, upper: 1 },
  ],
  question: {
    name: 'interesting', labels: ['yes', 'no'],
    text: 'Is the behaviour of this creature interesting: does it answer to what it senses, in more than one way?',
  },
  hearing: 12,
  energyFull: 80,
  // a whole number of pieces of ground each way
  space: ({ size }) => ({ width: size! - (size! % GRAIN), height: size! - (size! % GRAIN) }),

  create(kernel) {
    const { pop, width, height, seed } = kernel;
    const { columns } = pop;
    const field = new Field(width, height, GRAIN);
    const richnessKey = seedKey(seed, purpose.richness);
    field.paintPatches(richnessKey[0], richnessKey[1], kernel.parameter('patchSize'), kernel.parameter('bareGround'));
    field.fill();
    // a little wider than sight, because places in the list are rounded to 64ths
    const cells = new CellList(width, height, SIGHT + 1 / 32, pop.capacity);
    const sight = new Sight(cells, columns, { width, height, radius: SIGHT, kinWidth: KIN_WIDTH, signals: signals.length });
    const parts: MeadowParts = {
      field, cells, sight, ledger: new Float64Array(5),
      wanderKey: seedKey(seed, purpose.wander), biters: new RowList(), givers: new RowList(), willing: new RowList(),
    };
    const lifespanKey = seedKey(seed, purpose.lifespan);
    return {
      field,
      cells,
      readers: bindSenses(kernel, parts),
      survey: { senses: lookingSenses, acts: lookingActs, asked: sight.seen, serve: () => sight.lookAround() },
      bytes: field.bytes + cells.bytes + sight.bytes,
      ledger: parts.ledger,
      save: () => ({ field: field.save(), ledger: parts.ledger }),
      load(saved) {
        const state = saved as { field: unknown; ledger: Float64Array };
        field.load(state.field);
        parts.ledger.set(state.ledger);
      },
      step: () => step(kernel, parts),
      begin(row) {
        columns.hurt[row] = columns.hunted[row] = kernel.tick - LONG_AGO;
        columns.vigour[row] = uniform(lifespanKey[0], lifespanKey[1], columns.id[row], 0) * 256;
        // the other word of that draw: all facing east, siblings would wander off together
        columns.heading[row] = drawn[1];
      },
      lifeOf(row, life) {
        const age = Math.max(1, kernel.tick - columns.bornAt[row]);
        const eaten = columns.grazed[row] + columns.preyed[row];
        life[0] = columns.children[row];
        life[1] = Math.min(1, columns.moves[row] / age);
        life[2] = eaten > 0 ? columns.preyed[row] / eaten : 0;
      },
    };
  },
});

/** A tick of the meadow. */
function step(kernel: MeadowKernel, parts: MeadowParts): void {
  parts.field.regrow(0.1 * (1 - kernel.parameter('scarcity')), kernel.parameter('spread'));
  showThemselves(kernel, parts);
  kernel.decide();
  performActs(kernel, parts);
  settle(kernel, parts);
  layEggs(kernel, parts);
  end(kernel, parts);
}

/** What others will see this tick is fixed now: place, kin mark, signal, and whether one hunts. */
function showThemselves({ pop, scratch, tick: now }: MeadowKernel, { cells, sight }: MeadowParts): void {
  const { x, y, tag, signal, nextSignal, hunted } = pop.columns;
  const look = scratch.shorts;
  for (let row = 0; row < pop.count; row++) {
    const sent = nextSignal[row];
    signal[row] = sent;
    // the sign of a difference and no comparison: about a third hunt, and nothing tells which
    look[row] = packLook(tag[row], sent, (ticksSince(hunted[row], now) - HUNTER_TICKS - 1) >>> 31);
  }
  cells.build(pop.count, x, y, look);
  sight.blink(pop.count);
}
