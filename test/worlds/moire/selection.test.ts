import { describe, expect, it } from 'vitest';
import { createInstincts } from '../../../agents/instincts/index.ts';
import { commonGarden } from '../../../core/experiments/common-garden.ts';
import { moire } from '../../../worlds/moire/moire.ts';

const WIDE = 4;
const NARROW = 20;
/** Steps are dear and food grows slowly, as in the experiment on populations. */
const harsh = { size: 180, costOfMoving: 1, scarcity: 0.8, digestion: 1 };

/** A program of amber, and the same of jade. */
const ofEither = (program: string): string[] => [program, program.replaceAll('amber', 'jade')];

const staying = ofEither('when energy > 30 -> reproduce\nwhen amber.here > 8% -> eat amber\notherwise -> climb amber');
const leaving = ofEither('when energy > 30 -> reproduce\nwhen amber.here > 8% -> eat amber\nwhen amber.near > 30% -> climb amber\notherwise -> wander');
const eatingBoth = [`when energy > 30 -> reproduce
when amber.here > 8% and amber.here > jade.here -> eat amber
when jade.here > 8% -> eat jade
when amber.near > jade.near -> climb amber
otherwise -> climb jade`];

function shareOfSecond(twist: number, first: string[], second: string[], seed: number): number {
  return commonGarden({ world: moire, createGenomes: () => createInstincts(moire.vocabulary), parameters: { ...harsh, twist }, seed, first, second, each: 300, ticks: 700 })!;
}

describe('selection by twist', () => {
  it('[Y7] who stays where food runs low displaces who leaves, in wide domains; in narrow ones it is the other way round', () => {
    expect(shareOfSecond(WIDE, leaving, staying, 1)).toBeGreaterThan(0.65);
    expect(shareOfSecond(NARROW, leaving, staying, 1)).toBeLessThan(0.35);
  });

  it('[Y7] who keeps to one resource displaces who eats both, in wide domains; in narrow ones it is the other way round', () => {
    expect(shareOfSecond(WIDE, eatingBoth, staying, 1)).toBeGreaterThan(0.65);
    expect(shareOfSecond(NARROW, eatingBoth, staying, 1)).toBeLessThan(0.35);
  });
});
