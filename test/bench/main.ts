/**
 * `npm run bench` runs every benchmark; `npm run bench kernel` (interpreter, allocation, frame, stream, door, embedded, archive, qdaif, phylogeny, measures, checkpoint, recording, replay, twist, twist-garden, garden, archive-back) runs one, and
 * `npm run bench memory 5` the one on memory, for so many minutes instead of 30. Seeded, warmed up, median and least of several runs; what machine it was is printed first.
 */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchArchiveBack } from './archive-back.ts';
import { benchGarden } from './garden.ts';

const starter = fileURLToPath(new URL('../../viewer/cli/ready.mjs', import.meta.url));

/**
 * A benchmark in a process of its own, since other work in the same one would disturb it, started as the program itself
 * is. `--import tsx` would not do: its hook for CommonJS reads rxjs with a WebAssembly lexer, whose memory grows and so
 * detaches an ArrayBuffer; from then on the engine checks at every access to any typed array, a sixth of the kernel's speed.
 */
function alone(file: string, ...flags: string[]): (numbers: readonly string[]) => void {
  return (numbers) => {
    const { status } = spawnSync(process.execPath, [...flags, starter, fileURLToPath(new URL(file, import.meta.url)), ...numbers], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  };
}

function isNumber(word: string): boolean {
  return /^\d+$/.test(word);
}

const benches: Record<string, (numbers: readonly string[]) => void> = {
  kernel: alone('./kernel.ts'),
  interpreter: alone('./interpreter.ts'),
  allocation: alone('./allocation.ts', '--max-semi-space-size=256', '--min-semi-space-size=256'),
  frame: alone('./frame.ts'),
  stream: alone('./stream.ts'),
  door: alone('./door.ts', '--expose-gc'),
  embedded: alone('./embedded.ts'),
  archive: alone('./archive.ts'),
  qdaif: alone('./qdaif.ts'),
  phylogeny: alone('./phylogeny.ts'),
  measures: alone('./measures.ts'),
  checkpoint: alone('./checkpoint.ts'),
  recording: alone('./recording.ts'),
  replay: alone('./replay.ts'),
  sweep: alone('./sweep.ts'),
  memory: alone('./memory.ts'),
  twist: alone('./twist.ts'),
  'twist-garden': alone('./twist-garden.ts'),
  garden: () => benchGarden(Array.from({ length: 10 }, (_, i) => i + 1)),
  'archive-back': () => benchArchiveBack(Array.from({ length: 10 }, (_, i) => i + 1)),
};

/** Half an hour of waiting: only when it is asked for by name. */
const SELDOM = 'memory';

const asked = process.argv.slice(2).filter((word) => !isNumber(word));
const unknown = asked.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}"; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`);
  for (const name of asked.length > 0 ? asked : Object.keys(benches).filter((each) => each !== SELDOM)) {
    console.log(`== ${name}`);
    benches[name]!(process.argv.slice(2).filter(isNumber));
    console.log('');
  }
}
