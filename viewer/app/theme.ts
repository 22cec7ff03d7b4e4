import { BehaviorSubject, type Observable } from 'rxjs';
import { keep, recall } from './remembered.ts';

/** What drawings need to know of the page's colours; the same roles in the dark and the light theme. */
export interface Theme {
  readonly light: boolean;
  readonly ground: string;
  readonly panel: string;
  readonly line: string;
  readonly ink: string;
  readonly dim: string;
  readonly moss: string;
  readonly lichen: string;
  readonly sky: string;
  readonly gold: string;
  readonly rust: string;
}

const ROLES = ['ground', 'panel', 'line', 'ink', 'dim', 'moss', 'lichen', 'sky', 'gold', 'rust'] as const;
/** `system`: as the reader's system has it. */
export const THEMES = ['system', 'dark', 'light'] as const;
export type ThemeChoice = (typeof THEMES)[number];

const lightQuery = matchMedia('(prefers-color-scheme: light)');
const known = recall('theme');
let choice: ThemeChoice = THEMES.find((name) => name === known) ?? 'system';

/** Puts the theme on the page, where the style sheet finds it, and reads its colours back. */
function apply(): Theme {
  const light = choice === 'light' || (choice === 'system' && lightQuery.matches);
  document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
  return { light, ...colours } as Theme;
}

const themes = new BehaviorSubject<Theme>(apply());
lightQuery.addEventListener('change', () => themes.next(apply()));

/** The theme now, and again when the reader's preference changes. */
export const theme$: Observable<Theme> = themes.asObservable();

/** What the colours are just now. */
export function themeNow(): Theme {
  return themes.value;
}

export function themeChoice(): ThemeChoice {
  return choice;
}

/** Kept for the next visit. */
export function chooseTheme(wanted: ThemeChoice): void {
  choice = wanted;
  keep('theme', wanted);
  themes.next(apply());
}

const stillQuery = matchMedia('(prefers-reduced-motion: reduce)');
/** Whether the reader asked for less motion. */
export function wantsStillness(): boolean {
  return stillQuery.matches;
}
