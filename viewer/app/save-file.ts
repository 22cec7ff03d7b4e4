import type { PageState } from './state.ts';

/** Where a saved file comes from, for its name and in words. */
export interface Origin { readonly name: string; readonly words: string }

type Place = Pick<PageState, 'world' | 'seed' | 'totals'> & Partial<Pick<PageState, 'past'>>;

/** A word as a part of a file's name. */
export function inFileName(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** World, seed and tick: the present's, unless a past tick is given. */
export function originOf({ world, seed, totals, past = null }: Place): Origin {
  const tick = past?.tick ?? totals?.tick ?? 0;
  return { name: `${inFileName(world?.name ?? 'world')}-${seed ?? 0}-${tick}`, words: `${world?.title ?? ''}, seed ${seed ?? 0}, tick ${tick}` };
}

/** `meadow-7-1200-archive.png`. */
export function fileName({ name }: Origin, what: string, extension: string): string {
  return `${name}-${what}.${extension}`;
}

/** Lets the reader keep a file; nothing leaves the page. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // the browser has taken the address up by the next task, but not yet read what is there
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function saveText(name: string, text: string): void {
  saveFile(name, new Blob([text], { type: 'text/csv;charset=utf-8' }));
}

/** @throws when the browser makes no picture of the canvas: it is empty, or larger than the browser's limit. */
export async function savePicture(name: string, canvas: HTMLCanvasElement): Promise<void> {
  const blob = await new Promise<Blob | null>((made) => { canvas.toBlob(made, 'image/png'); });
  if (blob === null) throw new Error(`The browser made no picture of ${canvas.width} by ${canvas.height} pixels; make the window smaller and try again.`);
  saveFile(name, blob);
}
