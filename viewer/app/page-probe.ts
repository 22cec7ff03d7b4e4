import type { FrameCost } from './frame-costs.ts';
import type { PageState } from './state.ts';
import type { ClientMessage } from '../protocol.ts';

/** `window.lichen`: what tests and measurements in a real browser read of the page. */
export interface PageProbe {
  /** Main-thread time of the last 300 frames. */
  frameCosts(): FrameCost[];
  clearFrameCosts(): void;
  state(): PageState;
  /** Says something to the simulation, as the panels do. */
  send(message: ClientMessage): void;
  /** The picture as drawn, RGBA; rows from the bottom up, as WebGL counts them. */
  pixels(): { width: number; height: number; data: Uint8Array };
  /** Point of the world's canvas, in CSS pixels, where a place of the space (in steps) is drawn. */
  pointOf(x: number, y: number): { x: number; y: number };
}

declare global {
  interface Window { lichen?: PageProbe }
}
