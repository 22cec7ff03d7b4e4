import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { weakWords } from './contrast.ts';
import { PATIENCE } from './live-page.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface KeptFile { name: string; bytes: Buffer }

/** Chooses an item of the menu of this id, and answers with the file that the browser keeps. */
export async function keep(page: Page, menu: string, what: string): Promise<KeptFile> {
  await page.locator(`[popovertarget="${menu}"]`).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`#${menu} [data-save="${what}"]`).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Opens each menu in windows of 1280 and 2560 pixels: it lies within the window, and its words are read at AA contrast. */
export async function tryMenus(page: Page, menus: readonly string[], colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  for (const [width, height] of [[1280, 800], [2560, 1440]] as const) {
    await page.setViewportSize({ width, height });
    for (const menu of menus) {
      await page.locator(`[popovertarget="${menu}"]`).click();
      // it comes to its place when it has been opened
      await expect.poll(async () => {
        const box = (await page.locator(`#${menu}`).boundingBox())!;
        return [box.x > 7.9, box.y > 7.9, box.x + box.width <= width - 7.9, box.y + box.height <= height - 7.9];
      }, PATIENCE).toEqual([true, true, true, true]);
      expect(await weakWords(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  }
}

/** A picture's size in pixels, and how many colours it has; it must be a PNG that a browser can read. */
export async function readPicture(page: Page, { bytes }: KeptFile): Promise<{ width: number; height: number; colours: number }> {
  if (!bytes.subarray(0, 8).equals(PNG)) throw new Error(`A picture does not begin as PNG files do, but with ${bytes.subarray(0, 8).toString('hex')}.`);
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    return { width, height, colours: new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)).size };
  }, bytes.toString('base64'));
}

/** The cells of a table as RFC 4180 has it: those in quotes may hold commas, line ends and quotes. */
export function readTable({ bytes }: KeptFile): string[][] {
  const rows: string[][] = [[]];
  const text = bytes.toString();
  const token = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  while (token.lastIndex < text.length) {
    const [, cell, end] = token.exec(text) ?? [];
    if (cell === undefined) throw new Error(`A table cannot be read from character ${token.lastIndex} on: ${text.slice(token.lastIndex, token.lastIndex + 80)}`);
    rows.at(-1)!.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\r\n' && token.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

interface Drawn { texts: string[]; beyond: string[] }

/** From now on notes the words that are drawn on canvases that are not on the page, and which of them reach beyond their canvas. */
export async function watchDrawnWords(page: Page): Promise<() => Promise<Drawn>> {
  await page.evaluate(() => {
    const drawn: Drawn = { texts: [], beyond: [] };
    (window as unknown as { drawn: Drawn }).drawn = drawn;
    const { prototype } = CanvasRenderingContext2D;
    const original = Object.getOwnPropertyDescriptor(prototype, 'fillText')!.value as CanvasRenderingContext2D['fillText'];
    prototype.fillText = function fillText(text, x, y, ...rest) {
      if (!this.canvas.isConnected) {
        drawn.texts.push(text);
        const { a, b, c, d, e, f } = this.getTransform();
        const wide = this.measureText(text).width;
        const left = this.textAlign === 'center' ? x - wide / 2 : this.textAlign === 'right' ? x - wide : x;
        const { width, height } = this.canvas;
        const corners = [[left, y], [left + wide, y]].map(([u, v]) => [a * u! + c * v! + e, b * u! + d * v! + f]);
        if (corners.some(([px, py]) => px! < 0 || px! > width || py! < 0 || py! > height)) drawn.beyond.push(text);
      }
      original.call(this, text, x, y, ...rest);
    };
  });
  return () => page.evaluate(() => {
    const store = window as unknown as { drawn: Drawn };
    const { texts, beyond } = store.drawn;
    const taken = { texts: [...texts], beyond: [...beyond] };
    texts.length = 0;
    beyond.length = 0;
    return taken;
  });
}

/** What turns the direction of writing, or cannot be seen. */
export const HIDDEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u;
