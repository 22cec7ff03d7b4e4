import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bookmarksForm } from '../bookmarks.ts';
import type { Bookmark, ShareFacts } from '../facts.ts';
import type { Lab } from '../lab.ts';
import { createPlayback } from '../playback.ts';
import { runSpec, type RunSpec } from '../run-spec.ts';
import type { SessionOptions } from '../session.ts';
import { shareOf } from '../share.ts';
import { Failure, fileProblem } from './failure.ts';
import { playableRecord } from './playable.ts';
import { writeWhole } from './whole-file.ts';

const BOOKMARKS = 'bookmarks.json';

/** What a run's spec and folder add to its session: what can be played back, its bookmarks, how to make it again. */
export function sessionOf(lab: Lab, spec: RunSpec, folder: string | null): Pick<SessionOptions, 'playback' | 'schedules' | 'share' | 'bookmarks' | 'keepBookmarks'> {
  const beside = { schedules: spec.schedules, share: shareRun(lab, spec, folder) };
  if (folder === null) return beside;
  const file = join(folder, BOOKMARKS);
  return {
    ...beside, playback: createPlayback(playableRecord(lab, folder)), bookmarks: readBookmarks(file),
    keepBookmarks(bookmarks) {
      try {
        writeWhole(file, `${JSON.stringify({ lichen: 1, bookmarks }, null, 2)}\n`);
      } catch (error) {
        throw new Failure(`The bookmark cannot be kept: ${fileProblem(error)}.`);
      }
    },
  };
}

/** Throws a failure with one sentence for a file that holds something else. */
function readBookmarks(file: string): Bookmark[] {
  if (!existsSync(file)) return [];
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Failure(`The bookmarks ${file} cannot be read: ${error instanceof SyntaxError ? 'they are not JSON' : fileProblem(error)}; correct the file or delete it.`);
  }
  const read = bookmarksForm.safeParse(given);
  if (!read.success) throw new Failure(`The bookmarks ${file} are not in the form of this version; correct the file or delete it.`);
  return read.data.bookmarks;
}

/** A line that says all where flags can, else one that names a file with the spec. */
function shareRun(lab: Lab, spec: RunSpec, folder: string | null): ShareFacts {
  const share = shareOf(lab);
  const { model: _, ticks: __, budget: ___, record: ____, ...decides } = spec;
  // what is left out of a spec is as its defaults say
  const { model: _m, ticks: _t, budget: _b, record: _r, ...said } = runSpec.parse({ ...share.spec as object, parameters: spec.parameters });
  const isPlain = JSON.stringify(Object.entries(decides).sort()) === JSON.stringify(Object.entries(said).sort());
  const place = folder === null ? null : relative(process.cwd(), folder) || '.';
  return {
    command: isPlain ? share.command : 'lichen run spec.json', spec,
    branch: place === null ? null : `lichen branch ${quoted(place)} --at TICK --set KEY=VALUE --out ${quoted(`${place === '.' ? 'run' : place}-TICK`)}`,
  };
}

/** As a shell reads one word. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
