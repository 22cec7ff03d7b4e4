import type { Niche } from './archive-view.ts';

/** A parent as an example: its genome, and in words what its life has come to. */
export interface ParentExample { readonly genome: string; readonly life: string }

/** `a program`, `an opinion`. */
export function a(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

export function lifeInWords({ age, energy, children }: { age: number; energy: number; children: number }): string {
  return `age ${age} ticks, energy ${Math.round(energy)}, children ${children}`;
}

/** `mobility 0.80 to 0.85, diet below 0.05`. */
export function nicheInWords({ ranges }: Niche): string {
  return ranges.map(({ name, lower, upper }) => {
    if (lower === null) return upper === null ? `any ${name}` : `${name} below ${bound(upper)}`;
    return upper === null ? `${name} above ${bound(lower)}` : `${name} ${bound(lower)} to ${bound(upper)}`;
  }).join(', ');
}

const bound = (value: number): string => (Number.isInteger(value) && Math.abs(value) >= 2 ? String(value) : value.toFixed(2));
