import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lichen, type Ended } from './lichen.ts';

let folder: string;
let occupied: Server;
let port: number;
let tried = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-bad-'));
  const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
  write('comma.json', '{\n  "lichen": 1,\n  "world": "meadow",\n}\n');
  write('empty.json', '');
  write('seed.json', '{"lichen":1,"world":"meadow","seed":"seven"}');
  write('field.json', '{"lichen":1,"world":"meadow","sead":7}');
  write('version.json', '{"lichen":2,"world":"meadow"}');
  write('pressure.json', '{"lichen":1,"world":"meadow","parameters":{"scarcity":9}}');
  write('world.json', '{"lichen":1,"world":"mars"}');
  write('garbage.gguf', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 251)));
  write('cut.gguf', Buffer.concat([Buffer.from('GGUF\u0003\0\0\0', 'latin1'), Buffer.alloc(2000, 7)]));
  write('file', 'a file');
  mkdirSync(join(folder, 'full'));
  write('full/keep', 'mine');
  occupied = createServer();
  await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve));
  port = (occupied.address() as AddressInfo).port;
});
afterAll(() => {
  occupied.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Exit code 2, exactly one line on standard error that says so, nothing on standard output, nothing written. */
function expectRefusal({ code, stdout, stderr }: Ended, sentence: RegExp, out = 'never'): void {
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^lichen: .*[.)]\n$/);
  expect(stdout).toBe('');
  expect(code).toBe(2);
  expect(existsSync(join(folder, out))).toBe(false);
}

// `@` stands for the folder of this test
describe('bad input is refused in one sentence with code 2, and nothing is written:', () => {
  test.concurrent.for<[what: string, args: string, sentence: RegExp]>([
    ['an unknown world', 'run mars', /no world "mars"; the worlds are moire and meadow\./],
    ['an unknown world in a spec', 'run @/world.json', /world\.json .*no world "mars"/],
    ['a spec that is not there', 'run @/none.json', /no spec file ".*none\.json"/],
    ['a spec that is no JSON', 'run @/comma.json', /comma\.json is not JSON at line 4, column 1: a field name in double quotes is expected/],
    ['an empty spec', 'run @/empty.json', /empty\.json is not JSON at line 1, column 1/],
    ['a spec with a wrong field', 'run @/seed.json', /seed\.json .*: seed: .*it is "seven"/],
    ['a spec with an unknown field', 'run @/field.json', /field\.json .*"sead"/],
    ['a spec of another version', 'run @/version.json', /version\.json is of version 2 and this program reads version 1: use the program that wrote it/],
    ['a spec with a pressure out of range', 'run @/pressure.json', /pressure\.json .*scarcity is 9, but must be a number from 0 to 1/],
    ['a folder that holds no run', 'run @/full', /full does not hold a recorded run: there is no spec\.json in it/],
    ['a folder for a run that has one', 'run @/full --resume', /--out is .*never-\d+, but --resume goes on in the run's own folder/],
    ['--with without a section', 'run meadow --with style=zero-shot', /--with is "style=zero-shot", but must be section\.field=value, .*the sections are models, language/],
    ['--with of an unknown field', 'run meadow --with language.stile=zero-shot', /--with language\.stile=zero-shot is refused: language: .*"stile"/],
    ['--with of an unknown value', 'run meadow --with language.style=rhymes', /--with language\.style=rhymes is refused: language\.style: /],
    ['too many parents', 'run meadow --with language.parents=5', /language\.parents: /],
    ['an archive by an unknown measure', 'run meadow --with archive.measures=mobility,charm', /The archive is to measure "charm", but meadow has mobility, diet, judged/],
    ['an unknown policy', 'run meadow --on-budget hope', /--on-budget is "hope", but must be pause or blind/],
    ['a negative budget', 'run meadow --budget-calls -1', /--budget-calls is "-1"/],
    ['a price table that is not there', 'run meadow --prices @/none.json', /The price table .*none\.json cannot be read/],
    ['a price table that is none', 'run meadow --prices @/seed.json', /The price table .*seed\.json is wrong at/],
    ['a model for an unknown role', 'run meadow --operator llm --headless --with models.poet=x', /models names "poet", but a model is given to one of operator, mind, judge/],
    ['--set without =', 'run meadow --set scarcity', /--set is "scarcity", but must be key=value/],
    ['--set of an unknown key', 'run meadow --set scracity=0.5', /no parameter "scracity"; the parameters are .*scarcity/],
    ['--set of no number', 'run meadow --set scarcity=lots', /--set scarcity is "lots", but must be a number from 0 to 1/],
    ['a pressure out of range', 'run meadow --set scarcity=1.5', /scarcity is 1\.5, but must be a number from 0 to 1/],
    ['a fraction where a whole number is due', 'run meadow --set gestation=2.5', /gestation is 2\.5, but must be a whole number from 1 to 1000/],
    ['more founders than room', 'run meadow --set founders=500 --set capacity=100', /founders is 500, but capacity is only 100/],
    ['a share for an operator that has none', 'run meadow --set modelShare=0.5', /modelShare is 0\.5, but the operator classical makes it 0/],
    ['no ticks', 'run meadow --ticks 0', /--ticks is "0", but must be a whole number from 1/],
    ['a negative seed', 'run meadow --seed -1', /--seed is "-1", but must be a whole number from 0/],
    ['a fraction for a seed', 'run meadow --seed 1.5', /--seed is "1\.5"/],
    ['an unknown operator', 'run meadow --operator gpt', /--operator is "gpt", but must be classical, llm or mixed/],
    ['an unknown option', 'run meadow --sede 3', /Unknown option '--sede' \(Did you mean --seed\?\)/],
    ['an unknown command', 'runn meadow', /no command "runn"; the commands are run, branch, start, .*worlds, model/],
    ['no command', '', /Nothing was asked for/],
    ['a model file that is not there', 'run meadow --operator llm --headless --model @/none.gguf', /none\.gguf cannot be read: there is no such file/],
    ['a model file of garbage', 'run meadow --operator llm --headless --model @/garbage.gguf', /garbage\.gguf is not a GGUF model/],
    ['a model file that is cut short', 'run meadow --operator llm --headless --model @/cut.gguf', /llama\.cpp cannot load .*cut\.gguf/],
    ['a cassette that is none', 'run meadow --operator llm --headless --replay @/file', /file is not a cassette/],
    ['a model and a recording', 'run meadow --operator llm --model none --replay @/file', /--model is none, but with --replay/],
    ['a folder that is not empty', 'run meadow --headless --out @/full', /--out .*full is not empty/],
    ['a file for a folder', 'run meadow --headless --out @/file', /file is a file/],
    ['a folder inside a file', 'run meadow --headless --out @/file/x', /file is a file/],
  ])('%s', async ([, args, sentence]) => {
    const words = args.split(' ').filter((word) => word !== '').map((word) => word.replace('@', folder));
    // a folder each: they are tried at the same time
    const out = `never-${++tried}`;
    if (words[0] === 'run' && !words.includes('--out')) words.push('--out', join(folder, out));
    expectRefusal(await lichen(words), sentence, out);
  });

  test('an occupied port', async () => {
    expectRefusal(await lichen(['run', 'meadow', '--port', String(port), '--out', join(folder, 'never')]),
      new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken by another program; .*--port`));
  });

  test.each(['run meadow --operator mixed --headless --model tester --out', 'start --port 0 --out'])('an endpoint that is down: %s', async (args) => {
    // nobody listens there: no system hands out so low a port of itself
    const base = 'http://127.0.0.1:2/v1';
    expectRefusal(await lichen([...args.split(' '), join(folder, 'never')], { env: { OPENAI_BASE_URL: base } }),
      new RegExp(`Cannot reach the endpoint ${base} .*OPENAI_BASE_URL`));
  });
});
