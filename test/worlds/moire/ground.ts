import { Landscape, type LandscapeOptions } from '../../../worlds/moire/landscape.ts';

export interface Painted { landscape: Landscape; first: Uint8Array; second: Uint8Array }

/** Hexagonal layers of 4 steps on a torus of 128 × 128 cells, the whole of the upper one turning about the middle, unless told otherwise. */
export function ground(options: Partial<LandscapeOptions> = {}): Landscape {
  return new Landscape({ lattice: 'hexagonal', constant: 4, mismatch: 0, relaxation: 0, width: 128, height: 128, grain: 1,
    centre: [64, 64], radius: Infinity, stillTwist: 0, ...options });
}

export function paint(landscape: Landscape): Painted {
  const first = new Uint8Array(landscape.cols * landscape.rows);
  const second = new Uint8Array(landscape.cols * landscape.rows);
  landscape.paint(first, second);
  return { landscape, first, second };
}

export function paintedAt(twist: number, options: Partial<LandscapeOptions> = {}): Painted {
  const landscape = ground(options);
  landscape.turnTo(twist);
  return paint(landscape);
}

/** Cells in which two paintings of either resource differ. */
export function differences(a: Painted, b: Painted): number[] {
  return Array.from(a.first.keys()).filter((i) => a.first[i] !== b.first[i] || a.second[i] !== b.second[i]);
}
