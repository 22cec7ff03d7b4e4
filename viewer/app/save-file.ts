import type { PageState } from './state.ts';

/** `meadow-7-1200-archive.png`: world, seed and tick say where a file comes from. */
export function fileName({ world, seed, totals }: Pick<PageState, 'world' | 'seed' | 'totals'>, what: string, extension: string): string {
  const name = (world?.name ?? 'world').normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${name}-${seed ?? 0}-${totals?.tick ?? 0}-${what}.${extension}`;
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
