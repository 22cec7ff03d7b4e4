/**
 * Moiré: grazers on a landscape that two lattices make of each other, one turned over the other. Its domains bear two resources, and their
 * size is a matter of the twist, which can be turned while the world lives: after moiré patterns in population dynamics (arXiv 2307.06997).
 *
 * Why domains are niches: a gut digests what it is used to (digestion.ts), and gets used to what it is given. What is inherited is the
 * preference, as the program's own choice of what to eat and where to climb, and not the gut: so a heritable difference is one that
 * can be read aloud, a model can write it, and a lineage that crosses a wall is not bound for ever but pays for the change.
 */
import { z } from 'zod';
import { Field } from '../../core/kernel/field.ts';
import { commonParameters, parameter, pressure } from '../../core/kernel/parameters.ts';
import { defineWorld } from '../../core/kernel/world.ts';
import { grazingActs } from '../grazing/acts.ts';
import { grazers, mobility, size, wholePieces } from '../grazing/grazers.ts';
import { beginner, bringToLife, grazingSignals, live, mobilityOf, workings } from '../grazing/living.ts';
import { grazingPressures } from '../grazing/pressures.ts';
import { factsOf, grazingSenses } from '../grazing/senses.ts';
import { BITE, UNUSED, digester } from './digestion.ts';
import { grow } from './growth.ts';
import { Landscape } from './landscape.ts';
import { latticeKinds } from './lattice.ts';
import { moireColumns, resources, type MoireKernel, type MoireParts } from './parts.ts';
import { Rotor } from './rotor.ts';
import { THOUSANDTHS } from './twist.ts';

/** Side of a field cell, in steps. */
const GRAIN = 2;

const senses = grazingSenses(resources);

export const parameters = z.object({
  size,
  founders: parameter({ title: 'Founders', sentence: 'Organisms at the start.', min: 0, max: 2_000_000, default: 1600, step: 1, live: false }),
  lattice: parameter({ title: 'Lattice', sentence: 'What the two layers are: 0 hexagonal, 1 square.', min: 0, max: 1, default: 0, step: 1, live: false }),
  constant: parameter({ title: 'Lattice constant', sentence: 'Distance between the sites of the lower layer.', min: 2 * GRAIN, max: 64, default: 4, step: 0.1, unit: 'steps', live: false }),
  mismatch: parameter({ title: 'Mismatch', sentence: 'How much wider the upper layer is than the lower: untwisted layers of unlike width make a pattern, too.', min: -0.2, max: 0.2, default: 0, step: 0.001, live: false }),
  relaxation: parameter({ title: 'Relaxation', sentence: 'How readily the layers relax, which widens domains and sharpens the walls between them; 0 is rigid.', min: 0, max: 1, default: 0, step: 0.001, live: false }),
  rotor: parameter({ title: 'Radius of the rotor', sentence: 'Steps from the middle within which the upper layer turns, the rest staying at the first twist; 0 turns all of it.', min: 0, max: 8192, default: 0, step: 1, unit: 'steps', live: false }),
  twist: pressure({ title: 'Twist', sentence: 'Angle between the two layers: the smaller, the larger and the farther apart are the domains.', min: 0, max: 60, default: 3.14, step: 0.001, unit: 'degrees' }),
  turning: pressure({ title: 'Turning', sentence: 'Angle that every tick adds to the twist; negative turns back, and a new twist is where it goes on from.', min: -1, max: 1, default: 0, step: 0.0001, unit: 'degrees a tick' }),
  digestion: pressure({ title: 'Digestion', sentence: 'How much less energy a gut gains of what it is not used to: 0 no less, 1 none at all.', min: 0, max: 1, default: 0.8, step: 0.01 }),
  scarcity: pressure({ title: 'Scarcity', sentence: 'How slowly both resources grow and wither: 0 is lush, 1 is no change at all.', min: 0, max: 1, default: 0.4, step: 0.01 }),
  ...grazingPressures,
  ...commonParameters,
});

export const moire = defineWorld({
  name: 'moire',
  title: 'Moiré',
  sentence: 'Organisms graze what grows where two lattices lie well on each other; turn one over the other, and the landscape changes under them.',
  parameters,
  columns: moireColumns,
  vocabulary: {
    senses: [...factsOf(senses), { name: 'gut', sentence: 'What the gut is used to: 0 all jade, 100 all amber.', unit: '%', lower: 0, upper: 100 }],
    acts: grazingActs(resources), signals: grazingSignals, registers: ['a', 'b', 'c'],
  },
  // founders survive and no more: they find ground by chance and save far more than a child costs
  founders: [
    'when energy > 70 -> reproduce\nwhen chance 30% -> wander\notherwise -> eat amber',
    'when energy > 70 -> reproduce\nwhen chance 30% -> wander\notherwise -> eat jade',
    'when energy > 80 -> reproduce\nwhen amber.here > 20% -> eat amber\notherwise -> wander',
    'when energy > 80 -> reproduce\nwhen jade.here > 20% -> eat jade\notherwise -> wander',
    'when energy > 75 -> mate other\nwhen chance 40% -> wander\notherwise -> eat amber',
    'when energy > 75 -> mate other\nwhen chance 40% -> wander\notherwise -> eat jade',
  ],
  ...grazers,
  measures: [
    mobility,
    { name: 'diet', sentence: 'Share of the energy grazed that came of amber; a half where nothing was grazed.', lower: 0, upper: 1 },
  ],
  space: wholePieces(GRAIN),
  create: createMoire,
});

function createMoire(kernel: MoireKernel): MoireParts {
  const { width, height, pop: { columns } } = kernel;
  const rotor = new Rotor(kernel.parameter('twist'));
  const radius = kernel.parameter('rotor');
  const landscape = new Landscape({
    lattice: latticeKinds[kernel.parameter('lattice')], constant: kernel.parameter('constant'), mismatch: kernel.parameter('mismatch'),
    relaxation: kernel.parameter('relaxation'), width, height, grain: GRAIN, centre: [width / 2, height / 2],
    radius: radius === 0 ? Infinity : radius, stillTwist: rotor.thousandths,
  });
  const grounds = [new Field(width, height, GRAIN), new Field(width, height, GRAIN)] as const;
  const repaint = (): void => {
    landscape.turnTo(rotor.thousandths);
    landscape.paint(grounds[0].richness, grounds[1].richness);
  };
  repaint();
  for (const ground of grounds) ground.fill();
  const books = new Float64Array(6);
  const grazing = bringToLife(kernel, { grounds, bite: BITE, digest: digester(kernel, grounds, () => grazing.meals) });
  const begin = beginner(kernel);
  return {
    ...workings(grazing, Uint8Array.from([...senses.map(({ looks }) => (looks ? 1 : 0)), 0])),
    field: grounds[0],
    fields: grounds.map((field, i) => ({ name: resources[i], title: resources[i] === 'amber' ? 'Amber' : 'Jade', field })),
    headline: { key: 'twist', value: () => rotor.thousandths / THOUSANDTHS },
    grounds, landscape, books,
    readers: [...senses.map(({ bind }) => bind(kernel, grazing)), (rows, count, readings) => {
      for (let i = 0; i < count; i++) readings[i] = columns.gut[rows[i]] / 2.55;
    }],
    save: () => ({ rotor: rotor.save(), grounds: grounds.map((ground) => ground.save()), ledger: grazing.ledger, books }),
    load(saved) {
      const state = saved as { rotor: unknown; grounds: unknown[]; ledger: Float64Array; books: Float64Array };
      rotor.load(state.rotor);
      landscape.turnTo(rotor.thousandths);
      grounds.forEach((ground, i) => { ground.load(state.grounds[i]); });
      grazing.ledger.set(state.ledger);
      books.set(state.books);
    },
    step() {
      rotor.turn(kernel.parameter('twist'), kernel.parameter('turning'));
      if (rotor.thousandths !== landscape.twist) repaint();
      const rate = 0.1 * (1 - kernel.parameter('scarcity'));
      for (let i = 0; i < 2; i++) grow(grounds[i], rate, books, 3 * i);
      live(kernel, grazing);
      for (let i = 0; i < 2; i++) {
        books[3 * i + 2] += grazing.taken[i];
        grazing.taken[i] = 0;
      }
    },
    begin(row) {
      begin(row);
      columns.gut[row] = UNUSED;
    },
    lifeOf(row, life) {
      life[0] = columns.children[row];
      life[1] = mobilityOf(kernel, row);
      life[2] = columns.grazed[row] > 0 ? Math.min(1, columns.amber[row] / columns.grazed[row]) : 0.5;
    },
  };
}
