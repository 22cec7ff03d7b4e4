/**
 * Meadow: grazers on a patchy field that regrows. Models resource competition with optional predation, signalling and
 * sharing, after the grazing worlds of artificial life (Holland's Echo; Ackley & Littman 1991; Yaeger's Polyworld).
 */
import { z } from 'zod';
import { Field } from '../../core/kernel/field.ts';
import { commonParameters, parameter, pressure } from '../../core/kernel/parameters.ts';
import { purpose, seedKey } from '../../core/kernel/random.ts';
import { defineWorld } from '../../core/kernel/world.ts';
import { grazingActs } from '../grazing/acts.ts';
import { grazers, mobility, size, wholePieces } from '../grazing/grazers.ts';
import { beginner, bringToLife, grazingSignals, live, mobilityOf, workings } from '../grazing/living.ts';
import { grazingColumns } from '../grazing/parts.ts';
import { grazingPressures } from '../grazing/pressures.ts';
import { factsOf, grazingSenses } from '../grazing/senses.ts';

/** Side of a field cell, in steps. */
const GRAIN = 4;
/** Most grass that one organism grazes in a tick, of the most a piece of ground can bear. */
export const BITE_OF_GRASS = 0.1;
/** Energy in the grass of one full piece of ground. */
export const FOOD_ENERGY = 40;

const grounds = ['grass'];
const senses = grazingSenses(grounds);

export const parameters = z.object({
  size,
  founders: parameter({ title: 'Founders', sentence: 'Organisms at the start.', min: 0, max: 2_000_000, default: 400, step: 1, live: false }),
  patchSize: parameter({ title: 'Patch size', sentence: 'Distance between rich patches.', min: 4, max: 1024, default: 72, step: 1, unit: 'steps', live: false }),
  bareGround: parameter({ title: 'Bare ground', sentence: 'Part of the range of richness that bears nothing.', min: 0, max: 0.9, default: 0.35, step: 0.01, live: false }),
  ...commonParameters,
  scarcity: pressure({ title: 'Scarcity', sentence: 'How slowly grass grows back: 0 is lush, 1 is none at all.', min: 0, max: 1, default: 0.4, step: 0.01 }),
  spread: pressure({ title: 'Spread of grass', sentence: 'Share of the difference to the neighbouring ground that seeds over in a tick.', min: 0, max: 0.5, default: 0.02, step: 0.01 }),
  ...grazingPressures,
});

export const meadow = defineWorld({
  name: 'meadow',
  title: 'Meadow',
  sentence: 'Organisms graze a patchy field that regrows; they can hunt, flee, signal, share, and breed alone or in pairs.',
  parameters,
  columns: grazingColumns,
  vocabulary: { senses: factsOf(senses), acts: grazingActs(grounds), signals: grazingSignals, registers: ['a', 'b', 'c'] },
  // founders survive and no more: they find grass by chance and save far more than a child costs
  founders: [
    'when energy > 70 -> reproduce\nwhen chance 30% -> wander\notherwise -> eat',
    'when energy > 80 -> reproduce\nwhen grass.here > 30% -> eat\notherwise -> wander',
    'when energy > 75 and age > 40 ticks -> reproduce\nwhen chance 50% -> eat\notherwise -> wander',
    'when energy > 70 -> mate other\nwhen chance 25% -> wander\notherwise -> eat',
  ],
  ...grazers,
  measures: [
    mobility,
    { name: 'diet', sentence: 'Share of the energy gained that was bitten out of others.', lower: 0, upper: 1 },
  ],
  space: wholePieces(GRAIN),

  create(kernel) {
    const { width, height, seed, pop: { columns } } = kernel;
    const field = new Field(width, height, GRAIN);
    const richnessKey = seedKey(seed, purpose.richness);
    field.paintPatches(richnessKey[0], richnessKey[1], kernel.parameter('patchSize'), kernel.parameter('bareGround'));
    field.fill();
    const { share } = field;
    const parts = bringToLife(kernel, {
      grounds: [field], bite: BITE_OF_GRASS,
      digest(rows, from, to) {
        const { x, y } = columns;
        for (let i = from; i < to; i++) parts.meals[rows[i]] = share[field.cellAt(x[rows[i]], y[rows[i]])] * FOOD_ENERGY;
      },
    });
    return {
      ...workings(parts, Uint8Array.from(senses, ({ looks }) => (looks ? 1 : 0))),
      field,
      readers: senses.map(({ bind }) => bind(kernel, parts)),
      save: () => ({ field: field.save(), ledger: parts.ledger }),
      load(saved) {
        const state = saved as { field: unknown; ledger: Float64Array };
        field.load(state.field);
        parts.ledger.set(state.ledger);
      },
      step() {
        field.regrow(0.1 * (1 - kernel.parameter('scarcity')), kernel.parameter('spread'));
        live(kernel, parts);
      },
      begin: beginner(kernel),
      lifeOf(row, life) {
        const eaten = columns.grazed[row] + columns.preyed[row];
        life[0] = columns.children[row];
        life[1] = mobilityOf(kernel, row);
        life[2] = eaten > 0 ? columns.preyed[row] / eaten : 0;
      },
    };
  },
});
