import type { Simulation } from '../simulation.ts';
import { isTurn, type NumberedCommand } from './command.ts';

/**
 * Gives a simulation again the parameters that were turned in a recorded run, each before the tick it was applied in.
 * What models answered is not given: it comes again from their cassette, in the same places.
 */
export class Prompter {
  private readonly turns: readonly NumberedCommand[];
  private next = 0;

  constructor(recorded: readonly NumberedCommand[]) {
    this.turns = recorded.filter(({ command }) => isTurn(command));
  }

  /** Whether all that was recorded has been given. */
  get done(): boolean {
    return this.next >= this.turns.length;
  }

  /** Passes over what a saved state that is gone on with has behind it. */
  skip(tick: number): void {
    while (this.next < this.turns.length && this.turns[this.next]!.tick <= tick) this.next++;
  }

  /** Submits what belongs to the next tick. */
  prompt(simulation: Simulation): void {
    const tick = simulation.kernel.tick + 1;
    for (let turn = this.turns[this.next]; turn !== undefined && turn.tick <= tick; turn = this.turns[++this.next]) simulation.submit(turn.command);
  }
}
