import { describe, expect, it } from 'vitest';
import type { Command } from '../../core/events/command.ts';
import { groupOf } from '../../viewer/log-lines.ts';
import { narrate } from '../../viewer/narrate.ts';
import type { LogLine } from '../../viewer/protocol.ts';
import { startPlain } from '../core/plain-world.ts';

/** What is said of a small world in which nobody breeds, given commands by tick. */
function told(commands: Record<number, Command[]>, ticks: number): Omit<LogLine, 'seq'>[] {
  const { simulation } = startPlain({ founders: ['rest', 'rest', 'rest', 'rest'], parameters: { capacity: 16 } });
  const lines: Omit<LogLine, 'seq'>[] = [];
  narrate({ simulation, model: 'nobody', origin: () => 'other', say: (tick, kind, text) => lines.push({ tick, kind, text }) });
  for (let tick = 1; tick <= ticks; tick++) {
    for (const command of commands[tick] ?? []) simulation.submit(command);
    simulation.step();
  }
  return lines;
}

const enter = (elite: number): Command => ({ kind: 'immigrate', cell: elite + 30, elite, genome: 'rest#2' });

describe('what comes from the archive', () => {
  it('[V9] is told: who enters with whose genome, many in one line, and who found no room', () => {
    const seven = [1, 2, 3, 4, 5, 6, 7].map(enter);
    expect(told({ 3: [enter(2), enter(9)], 5: seven, 6: seven }, 8)).toEqual([
      { tick: 3, kind: 'birth', text: '4 enters from the archive with the genome of 2, elite of cell 32' },
      { tick: 3, kind: 'birth', text: '5 enters from the archive with the genome of 9, elite of cell 39' },
      { tick: 5, kind: 'birth', text: '7 enter from the archive' },
      { tick: 6, kind: 'birth', text: '13 enters from the archive with the genome of 1, elite of cell 31' },
      { tick: 6, kind: 'birth', text: '14 enters from the archive with the genome of 2, elite of cell 32' },
      { tick: 6, kind: 'birth', text: '15 enters from the archive with the genome of 3, elite of cell 33' },
      { tick: 6, kind: 'birth', text: '4 elites of the archive found the world full' },
    ]);
  });

  it('[V9] rewards are told together every hundred ticks, as what was given and what was taken', () => {
    const reward = (organisms: number[], energies: number[]): Command => ({ kind: 'reward', organisms, energies });
    const lines = told({ 10: [reward([0, 1, 2], [1.5, -0.25, 2])], 11: [reward([1], [-0.5])], 150: [reward([2, 3], [0.125, 0.25])], 399: [reward([0], [-0.2])] }, 400);
    expect(lines).toEqual([
      { tick: 100, kind: 'reward', text: '4 lives appraised in 100 ticks: 2 gain 3.5 energy, 2 lose 0.8' },
      { tick: 200, kind: 'reward', text: '2 lives appraised in 100 ticks: 2 gain 0.4 energy' },
      { tick: 400, kind: 'reward', text: '1 life appraised in 100 ticks: 1 loses 0.2 energy' },
    ]);
    expect(groupOf(lines[0]!)).toBe('births');
  });
});
