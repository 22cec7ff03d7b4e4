import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { CheckpointWriter, listCheckpoints, readCheckpoint } from '../../core/recording/checkpoint.ts';
import { createLab } from '../../viewer/lab.ts';
import { evolvedGenomes } from './kernel.ts';
import { median } from './statistics.ts';

const ROUNDS = 7;

/**
 * What a checkpoint costs a run with everyone who listens to it (archive, phylogeny, counts): how long the world stands
 * still while its state is copied, and how long it takes until the state is on the disk.
 */
async function benchCheckpoint(sizes: readonly number[]): Promise<void> {
  console.log('checkpoints of a meadow with its archive, phylogeny and counts; wanted at 1,000,000: at most 1 s, the world standing still for at most 50 ms');
  console.log('organisms   alive  genomes   megabytes   stands still ms (median, most)   on disk after ms (median, most)   read again ms');
  const founders = evolvedGenomes(1000, 1200, 5);
  for (const size of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-'));
    const lab = createLab({
      world: 'meadow', seed: 11, operator: 'classical', service: null, founders,
      parameters: { size: Math.round(Math.sqrt(size / 0.085)), founders: size, capacity: Math.ceil(size * 1.6), mutationRate: 0.05 },
    });
    for (let t = 0; t < 30; t++) await lab.tick();
    const { kernel } = lab.simulation;
    const writer = new CheckpointWriter(folder, { kept: 2, breathe: () => breathe() });
    await writer.prepare(2 * kernel.bytes);
    const still: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      await lab.tick();
      const from = performance.now();
      const write = writer.copy(kernel.tick, lab.save());
      const copied = performance.now();
      await write();
      // the first warms up
      if (round === 0) continue;
      still.push(copied - from);
      whole.push(performance.now() - from);
    }
    const [newest] = listCheckpoints(folder);
    const from = performance.now();
    readCheckpoint(newest!);
    const read = performance.now() - from;
    const pair = (values: readonly number[]): string => `${median(values).toFixed(0)}, ${Math.max(...values).toFixed(0)}`;
    console.log([
      String(size).padStart(9), String(kernel.pop.count).padStart(7), String(kernel.genomes.distinct).padStart(8), (statSync(newest!.file).size / 1e6).toFixed(1).padStart(11),
      pair(still).padStart(32), pair(whole).padStart(33), read.toFixed(0).padStart(15),
    ].join(' '));
    rmSync(folder, { recursive: true });
  }
}

await benchCheckpoint([10_000, 100_000, 1_000_000]);
