/** The colours of look.md: eight lineages as a circle of hue, heat, acts and signals. */

export type Rgb = readonly [number, number, number];
export type PaletteName = 'lichen' | 'clear';

/** In the order of their hue, so that near tags look alike: rose, rust, gold, lichen, moss, teal, sky, violet. */
const LICHEN = ['#d57a9b', '#d9763d', '#e6b84c', '#c5d86d', '#7fb069', '#5fb8a5', '#6fb3d2', '#9d8ad1'];
/** After Okabe and Ito (2008), told apart by every common kind of colour vision; their black is white here. */
const CLEAR = ['#cc79a7', '#d55e00', '#e69f00', '#f0e442', '#f2f2f2', '#009e73', '#56b4e9', '#3f7fd0'];

/** Monotone in lightness, from the ground through deep green to pale lichen. */
const HEAT_DARK = ['#141d21', '#1f4f45', '#4f8a55', '#a9c65c', '#f2eda0'];
const HEAT_LIGHT = ['#dfe5dc', '#a9cda0', '#62a16a', '#2b6f58', '#123f3d'];
const ENERGY = ['#3b4a63', '#6fb3d2', '#c5d86d', '#fff3c4'];

export const MAX_ACTS = 32;
const TEXELS = 256;
const ROWS = 4;

export function parseColour(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function colours(palette: PaletteName): readonly string[] {
  return palette === 'clear' ? CLEAR : LICHEN;
}

/** Above this, in [0, 255], a colour has no lighter one beside it. */
const NEARLY_WHITE = 215;

/** Colour of an act: the lineage colours in an order that sets neighbours apart, then lighter ones, or of those that are nearly white darker ones. */
export function actColour(palette: PaletteName, act: number): Rgb {
  const set = colours(palette);
  const [r, g, b] = parseColour(set[(act * 3 + 4) % set.length] ?? '#ffffff');
  if (act < set.length) return [r, g, b];
  const [part, towards] = Math.min(r, g, b) > NEARLY_WHITE ? [0.5, 0] : [0.45, 255];
  return [r + (towards - r) * part, g + (towards - g) * part, b + (towards - b) * part];
}

export function signalColour(palette: PaletteName, signal: number): Rgb {
  const set = colours(palette);
  return parseColour(set[(signal * 3 + 1) % set.length] ?? '#ffffff');
}

function between(stops: readonly string[], at: number, circular: boolean): Rgb {
  const last = circular ? stops.length : stops.length - 1;
  const place = Math.min(Math.max(at, 0), 1) * last;
  const index = Math.min(Math.floor(place), last - 1);
  const from = parseColour(stops[index] ?? '#000000');
  const to = parseColour(stops[(index + 1) % stops.length] ?? '#000000');
  const part = place - index;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part, from[2] + (to[2] - from[2]) * part];
}

/** The colours of a kind of hue from one end to the other, as a CSS gradient. */
export function hueGradient(palette: PaletteName, kind: 'circular' | 'linear'): string {
  const stops = kind === 'circular' ? [...colours(palette), colours(palette)[0]!] : ENERGY;
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** `value` in [0, 1] as a CSS colour. */
export function heat(value: number, light: boolean): string {
  const [r, g, b] = between(light ? HEAT_LIGHT : HEAT_DARK, value, false);
  return `rgb(${r.toFixed(0)} ${g.toFixed(0)} ${b.toFixed(0)})`;
}

export function tagColour(palette: PaletteName, tag: number): string {
  const [r, g, b] = between(colours(palette), tag / 256, true);
  return `rgb(${r.toFixed(0)} ${g.toFixed(0)} ${b.toFixed(0)})`;
}

export function css([r, g, b]: Rgb): string {
  return `rgb(${r.toFixed(0)} ${g.toFixed(0)} ${b.toFixed(0)})`;
}

/**
 * All colours the shader needs as one picture of 256 x 4 RGBA texels: row 0 the circle of tags, row 1 energy, row 2 acts
 * (8 texels each), row 3 signals (32 texels each, the first for silence).
 */
export function paletteTexels(palette: PaletteName, into: Uint8Array<ArrayBuffer> = new Uint8Array(TEXELS * ROWS * 4)): Uint8Array<ArrayBuffer> {
  const put = (row: number, column: number, [r, g, b]: Rgb): void => {
    const at = (row * TEXELS + column) * 4;
    into[at] = r;
    into[at + 1] = g;
    into[at + 2] = b;
    into[at + 3] = 255;
  };
  for (let column = 0; column < TEXELS; column++) {
    put(0, column, between(colours(palette), column / TEXELS, true));
    put(1, column, between(ENERGY, column / (TEXELS - 1), false));
    put(2, column, actColour(palette, Math.floor(column * MAX_ACTS / TEXELS)));
    put(3, column, signalColour(palette, Math.max(0, Math.floor(column / 32) - 1)));
  }
  return into;
}

export const PALETTE_COLUMNS = TEXELS;
export const PALETTE_ROWS = ROWS;
