import { byId, element } from './dom.ts';
import { fileName, originOf, savePicture } from './save-file.ts';
import type { Store } from './state.ts';

/** Rows from the bottom up, RGBA, as WebGL reads them. */
export interface Pixels { width: number; height: number; data: Uint8Array }

/** A canvas of what WebGL has drawn, the right way up. */
export function uprightCanvas({ width, height, data }: Pixels): HTMLCanvasElement {
  const canvas = element('canvas', { width, height });
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw a picture on.');
  const picture = context.createImageData(width, height);
  for (let row = 0; row < height; row++) picture.data.set(data.subarray((height - 1 - row) * width * 4, (height - row) * width * 4), row * width * 4);
  for (let alpha = 3; alpha < picture.data.length; alpha += 4) picture.data[alpha] = 255;
  context.putImageData(picture, 0, 0);
  return canvas;
}

/** A button in the bar of choices that saves the world as it is drawn. */
export function offerWorldPicture(store: Store, pixels: () => Pixels): void {
  const button = element('button', { type: 'button', class: 'plain', id: 'world-picture', title: 'Save the world as it is drawn, as a PNG file' }, 'picture');
  button.addEventListener('click', () => {
    savePicture(fileName(originOf(store.now), 'world', 'png'), uprightCanvas(pixels()))
      .catch((error: unknown) => store.change((draft) => { draft.trouble = error instanceof Error ? error.message : String(error); }));
  });
  byId('choices', HTMLElement).append(button);
}
