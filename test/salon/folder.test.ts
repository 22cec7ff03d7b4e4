import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TapeWriter } from '../../agents/model/tape-writer.ts';
import { QdaifFolder, readArchive, recordedRun, runName, type RunFiles } from '../../viewer/cli/qdaif-folder.ts';
import { writeWhole } from '../../viewer/cli/whole-file.ts';
import { heatMap, rasterise } from '../../viewer/cli/qdaif-heat-map.ts';
import { methodRows, runsCsv, tableMarkdown } from '../../viewer/cli/qdaif-table.ts';
import { runSalon } from '../../viewer/qdaif.ts';
import { readDomain } from '../../worlds/salon/domain.ts';
import { emptyArchive } from '../../worlds/salon/niches.ts';
import { poetry, stories } from './drive.ts';
import { syntheticService } from './synthetic.ts';

let folder: string;
let files: RunFiles;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-salon-'));
  const { salon, summary } = (await runSalon({ domain: stories, method: 'lmx-near', seed: 1, iterations: 150, init: 'seeded', temperature: 0.8, judging: {}, rejudge: 2 }, { service: syntheticService() }))!;
  const svg = heatMap({ domain: stories, title: 'stories', archive: salon.archive, maxQdScore: 100 });
  files = { salon, summary, seconds: 1, svg, png: await rasterise(svg) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Mounts a file system of so many kilobytes; false where none may be mounted. */
function mountTiny(at: string, kilobytes: number): boolean {
  mkdirSync(at, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', at]).status === 0;
}

describe('the files of an experiment', () => {
  it('[S11] stand whole: what is written is read back, the summary last', () => {
    const kept = new QdaifFolder(join(folder, 'kept'), false);
    kept.putRun(files);
    const { archive } = files.salon;
    expect([...readArchive(kept.path, files.summary)]).toEqual([...archive]);
    expect(recordedRun(kept.path, files.summary)).toEqual({ iterations: 150, fingerprint: files.summary.fingerprint });
    expect(readdirSync(join(kept.path, 'runs', runName(files.summary))).sort()).toEqual(['archive.bin', 'heat-map.png', 'heat-map.svg', 'individuals.jsonl', 'summary.json']);
  });

  it.each([24, 56, 72, 104, 136])('[S11] a disk that is full after %d kB is said in one sentence; what stands is whole, the older or the new', (kilobytes) => {
    const disk = join(folder, `tiny-${kilobytes}`);
    if (!mountTiny(disk, kilobytes)) return;
    try {
      const path = join(disk, 'full');
      const full = new QdaifFolder(path, false);
      const own = join(path, 'runs', runName(files.summary));
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'archive.bin'), 'as it was');
      expect(() => full.putRun(files)).toThrow(/^\S+ cannot be written: the disk is full; make room and go on with: lichen qdaif --out \S+ --resume$/);
      expect(readdirSync(own).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(recordedRun(path, files.summary)).toBeNull();
      if (existsSync(join(own, 'individuals.jsonl'))) expect(readFileSync(join(own, 'individuals.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(153);
      if (readFileSync(join(own, 'archive.bin')).length > 9) expect([...readArchive(path, files.summary)]).toEqual([...files.salon.archive]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('[S11] a cassette on a disk that is full says so in one sentence', () => {
    const disk = join(folder, 'tiny-cassette');
    if (!mountTiny(disk, 8)) return;
    try {
      writeFileSync(join(disk, 'other'), Buffer.alloc(8192));
      expect(() => new TapeWriter(join(disk, 'cassette.jsonl'), { models: [], routes: {} })).toThrow(/^The cassette \S+ cannot be written: the disk is full\.$/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('[S11] a write that fails leaves the older file and nothing beside it', () => {
    const file = join(folder, 'one.txt');
    writeWhole(file, 'first');
    expect(() => writeWhole(file, { length: 5 } as unknown as Uint8Array)).toThrow();
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(folder)).not.toContain('one.txt.tmp');
  });
});

describe('a heat map', () => {
  it('has a cell for each niche, darker where quality is higher, and an axis a measure', () => {
    expect(files.svg.match(/<title>(quality|empty)/g)).toHaveLength(100);
    expect(files.svg.match(/<title>quality/g)).toHaveLength(files.summary.elites);
    expect(files.svg).toContain('genre: romance to horror');
    const [width, height] = [files.png, files.png].map((png, i) => new DataView(png.buffer, png.byteOffset).getUint32(16 + 4 * i));
    expect(width).toBeGreaterThan(800);
    expect(height).toBeGreaterThan(800);
    const poems = heatMap({ domain: poetry, title: 'poems', archive: emptyArchive(poetry), maxQdScore: 250 });
    expect(poems).toContain('>limerick<');
    expect(poems.match(/<title>empty/g)).toHaveLength(25);
  });

  it('is a PNG of at most 8,000 pixels along a side, however many niches there are', async () => {
    const domain = readDomain({ ...stories, measures: [{ name: 'fine', question: '?', labels: ['a', 'b'], ticks: Array.from({ length: 299 }, (_, i) => (i + 1) / 300) }] });
    const png = await rasterise(heatMap({ domain, title: 'fine', archive: emptyArchive(domain), maxQdScore: 300 }));
    expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(8000);
  });

  it('[L2] shows words as words, whatever they are', () => {
    const domain = readDomain({
      name: 'own', noun: 'text', template: 'T', seeds: ['a', 'b', 'c'], quality: { question: 'Good?' },
      measures: [0, 1, 2].map((i) => ({ name: `<script>${i}</script>`, question: '?', labels: ['<b>&', '"x\''], ticks: [0.5] })),
    });
    const svg = heatMap({ domain, title: '</svg><script>', archive: emptyArchive(domain), maxQdScore: 8 });
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain('&lt;script&gt;2&lt;/script&gt; 0.5 to 1');
    expect(svg.match(/<title>empty/g)).toHaveLength(8);
  });

  it('has room for long names, and names the first measure once however many panels there are', () => {
    const long = 'a name of as many characters as the name of a measure can be';
    const domain = readDomain({
      name: 'own', noun: 'text', template: 'T', seeds: ['a', 'b', 'c'], quality: { question: 'Good?' },
      measures: [1, 2, 3].map((i) => ({ name: `${long.slice(1)}${i}`, question: '?', categories: [`${long.slice(1)}a`, 'b'] })),
    });
    const svg = heatMap({ domain, title: long, archive: emptyArchive(domain), maxQdScore: 8 });
    const [, width = 0, height = 0] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
    expect(svg.split(`>${domain.measures[0]!.name}<`)).toHaveLength(2);
    for (const [, x, y, size, anchor, turn, words] of svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" font-size="(\d+)".*?text-anchor="(\w+)"(?: transform="rotate\((-?\d+).*?\)")?>(.*?)<\/text>/g)) {
      const reach = words!.length * Number(size) * 0.6;
      const [before, after] = anchor === 'end' ? [reach, 0] : anchor === 'middle' ? [reach / 2, reach / 2] : [0, reach];
      const angle = Number(turn ?? 0) * Math.PI / 180;
      for (const along of [-before, after]) {
        const [left, top] = [Number(x) + along * Math.cos(angle), Number(y) + along * Math.sin(angle)];
        expect([words, left >= 0 && left <= width, top >= 0 && top <= height]).toEqual([words, true, true]);
      }
    }
  });
});

describe('a table', () => {
  it('gives mean, standard error and bootstrap interval over seeds, and a row of figures a run', () => {
    const runs = [60, 70, 80].map((qdScore, i) => ({ summary: { ...files.summary, qdScore, seed: i + 1 }, seconds: 2 }));
    const rows = methodRows(runs);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.qdScore).toMatchObject({ mean: 70, se: 10 / Math.sqrt(3) });
    expect(tableMarkdown(rows, files.summary, { model: 'm', rejudge: 2 })).toMatch(/\| lmx-near \| 70\.00 ± 5\.77 \[6\d\.\d\d, 7\d\.\d\d\] \|/);
    expect(runsCsv(runs).trimEnd().split('\n')).toHaveLength(4);
    const one = methodRows(runs.slice(0, 1));
    expect(tableMarkdown(one, files.summary, { model: 'm', rejudge: 2 })).toContain('| lmx-near | 60.00 |');
    const none = methodRows(runs.map(({ summary, seconds }) => ({ summary: { ...summary, corrected: null, bestQuality: null }, seconds })));
    expect(tableMarkdown(none, files.summary, { model: 'm', rejudge: 0 })).toMatch(/\| – \| – \| – \| – \|/);
  });
});
