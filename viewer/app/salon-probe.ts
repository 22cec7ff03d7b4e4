import type { SalonClientMessage } from '../salon-protocol.ts';
import type { SalonState } from './salon-state.ts';

/** `window.salon`: what tests in a real browser read of the page. */
export interface SalonProbe {
  state(): SalonState;
  send(message: SalonClientMessage): void;
  /** Middle of a cell in CSS pixels of the page. */
  pointOf(cell: number): { x: number; y: number };
}

declare global {
  interface Window { salon?: SalonProbe }
}
