import type { Page } from 'playwright-core';

/** The picture of the world: a number that is other when it is, and how bright it is on the whole. */
export interface Picture { print: number; light: number }

/** Waits until the picture keeps still for longer than a world that waits rests before it looks who is owed a frame; rings fade. */
export function stillPicture(page: Page): Promise<Picture> {
  return page.evaluate(async () => {
    const look = (): Picture => {
      const { data } = window.lichen!.pixels();
      let print = 7;
      let light = 0;
      for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length / 4)) {
        print = (Math.imul(print, 31) + word) | 0;
        light += (word & 255) + (word >>> 8 & 255) + (word >>> 16 & 255);
      }
      return { print, light: light / data.length };
    };
    let before = look();
    let alike = 0;
    for (let tries = 0; tries < 150; tries++) {
      await new Promise((done) => { setTimeout(done, 120); });
      const now = look();
      alike = now.print === before.print ? alike + 1 : 0;
      if (alike === 2) return now;
      before = now;
    }
    throw new Error('The picture of the world does not come to rest.');
  });
}

/** How many colours a canvas shows, and a number that is other when the picture is. */
export function lookAtCanvas(page: Page, selector: string): Promise<{ colours: number; print: number }> {
  return page.evaluate((which) => {
    const canvas = document.querySelector<HTMLCanvasElement>(which)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    let print = 7;
    for (const word of words) print = (Math.imul(print, 31) + word) | 0;
    return { colours: new Set(words).size, print };
  }, selector);
}
