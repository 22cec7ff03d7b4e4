import { ESLint } from 'eslint';
import { resolve } from 'node:path';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Stands in for a file that exists, because the rules of a file are those of its room. */
const rooms = { kernel: 'core/kernel/sort.ts', core: 'core/simulation.ts', worlds: 'worlds/meadow/acts.ts', agents: 'agents/operators/pace.ts', viewer: 'viewer/server.ts' };
let eslint: ESLint;
// without types, which none of these rules asks for and which take most of the time
beforeAll(() => { eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] }); });

async function complaints(room: keyof typeof rooms, text: string): Promise<string> {
  const [result] = await eslint.lintText(text, { filePath: resolve(root, rooms[room]) });
  return result!.messages.map(({ message }) => message).join('\n');
}

describe('the linter', () => {
  it.each<[keyof typeof rooms, string, RegExp]>([
    ['kernel', 'export const a = Math.random();', /L1.*RandomStream/],
    ['kernel', 'export const a = Math.sin(1) + 2 ** 0.5;', /L1.*compass[\s\S]*L1.*multiply/],
    ['worlds', 'export const a = Math.exp(1);', /L1/],
    ['worlds', 'const { log } = Math;\nexport const a = log(2);', /L1|Math\.name/],
    ['core', 'export const a = Date.now() + performance.now();', /use the tick[\s\S]*no clock/],
    ['core', 'setTimeout(() => undefined, 1);', /no clock/],
    ['viewer', 'export const a = Math.random();', /L1/],
  ])('[L1] refuses in %s: %s', async (room, text, sentence) => {
    expect(await complaints(room, text)).toMatch(sentence);
  });

  it.each<[keyof typeof rooms, string, RegExp]>([
    ['agents', 'export const a: unknown = eval("1");', /eval/],
    ['agents', 'export const a: unknown = new Function("return 1")();', /Function/],
    ['viewer', 'export const show = (e: { innerHTML: string }): void => { e.innerHTML = "<b>"; };', /L2.*textContent/],
    ['viewer', 'export const show = (e: Element): void => { e.insertAdjacentHTML("beforeend", ""); document.write(""); };', /L2[\s\S]*L2/],
  ])('[L2] refuses in %s: %s', async (room, text, sentence) => {
    expect(await complaints(room, text)).toMatch(sentence);
  });

  it.each<[keyof typeof rooms, string, RegExp]>([
    ['kernel', 'import { Bus } from "../events/bus.ts";\nexport const a = Bus;', /L5/],
    ['kernel', 'import { Subject } from "rxjs";\nexport const a = Subject;', /L5/],
    ['core', 'import { meadow } from "../worlds/meadow/meadow.ts";\nexport const a = meadow;', /L5/],
    ['worlds', 'import { createInstincts } from "../../agents/instincts/index.ts";\nexport const a = createInstincts;', /L5/],
    ['agents', 'import { meadow } from "../../worlds/meadow/meadow.ts";\nexport const a = meadow;', /L5/],
  ])('[L5] refuses in %s: %s', async (room, text, sentence) => {
    expect(await complaints(room, text)).toMatch(sentence);
  });

  it('[L1] lets plain arithmetic pass', async () => {
    expect(await complaints('kernel', 'export const a = Math.sqrt(2) + Math.imul(3, 4) + Math.fround(0.1) + Math.abs(-1) * Math.floor(1.5);')).toBe('');
  });
});
