import { BehaviorSubject, type Observable } from 'rxjs';

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

function read(light: boolean): Theme {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
  return { light, ...colours } as Theme;
}

const lightQuery = matchMedia('(prefers-color-scheme: light)');
const themes = new BehaviorSubject<Theme>(read(lightQuery.matches));
lightQuery.addEventListener('change', () => themes.next(read(lightQuery.matches)));

/** The theme now, and again when the reader's preference changes. */
export const theme$: Observable<Theme> = themes.asObservable();

const stillQuery = matchMedia('(prefers-reduced-motion: reduce)');
/** Whether the reader asked for less motion. */
export function wantsStillness(): boolean {
  return stillQuery.matches;
}
