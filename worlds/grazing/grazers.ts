import { parameter } from '../../core/kernel/parameters.ts';

/** What is the same of grazers whatever the ground bears, as part of a world's definition. */
export const grazers = {
  objective: 'offspring conceived',
  question: {
    name: 'interesting', labels: ['yes', 'no'],
    text: 'Is the behaviour of this creature interesting: does it answer to what it senses, in more than one way?',
  },
  hearing: 12,
  energyFull: 80,
} as const;

/** The measure that `mobilityOf` (living.ts) reads. */
export const mobility = { name: 'mobility', sentence: 'Steps moved for each tick of life.', lower: 0, upper: 1 } as const;

/** The parameter that `wholePieces` reads. */
export const size = parameter({ title: 'Size', sentence: 'Width and height of the torus.', min: 16, max: 8192, default: 384, step: 1, unit: 'steps', live: false });

/** The torus of a world whose pieces of ground are `grain` steps wide: a whole number of pieces each way. */
export function wholePieces(grain: number): (parameters: Readonly<Record<string, number>>) => { width: number; height: number } {
  return ({ size: asked }) => {
    const side = asked! - (asked! % grain);
    return { width: side, height: side };
  };
}
