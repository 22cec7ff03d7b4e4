import { combineLatest } from 'rxjs';
import type { ClientMessage } from '../protocol.ts';
import { showChoices } from './choice-bar.ts';
import { byId, element, setText, showText } from './dom.ts';
import type { PageState, Store } from './state.ts';
import { theme$ } from './theme.ts';
import { offerWorldPicture } from './world-picture.ts';
import { WorldView } from './world-view.ts';

const NO_WEBGL = 'This browser draws no WebGL 2, so the world cannot be shown here. It lives all the same: the evidence, the pressures and time work as ever. '
  + 'Switch hardware acceleration on, or use another browser, to see it.';
const LOST = 'The graphics card has taken the picture away. It comes back as soon as the browser allows; the world goes on.';

/** Puts the picture of the world on the page; null, and a sentence in its place, where the browser cannot draw it. */
export async function seeWorld(store: Store, send: (message: ClientMessage) => void): Promise<WorldView | null> {
  const canvas = byId('world', HTMLCanvasElement);
  const fault = byId('fault', HTMLElement);
  const stage = byId('stage', HTMLElement);
  const view = await WorldView.create(canvas, (x, y, within) => send({ type: 'inspect', x, y, ...Number.isFinite(within) ? { within } : {} })).catch(() => null);
  if (view === null) {
    showText(fault, NO_WEBGL);
    byId('choices', HTMLElement).hidden = true;
    canvas.tabIndex = -1;
    return null;
  }
  showChoices(store, send, view);
  offerWorldPicture(store, () => view.pixels());
  theme$.subscribe((theme) => view.setTheme(theme));
  new ResizeObserver(() => view.resize(stage.clientWidth, stage.clientHeight)).observe(stage);
  combineLatest([view.lost$, store.watch(({ totals, past }) => totals !== null && past === null && totals.population === 0)])
    .subscribe(([isLost, isEmpty]) => showText(fault, isLost ? LOST : isEmpty ? 'Nobody is alive. The past can still be looked at.' : ''));
  offerFollowing(store, view);
  return view;
}

/** Whether there is somebody in hand who can be kept in the middle. */
export function canFollow({ hand, past }: Pick<PageState, 'hand' | 'past'>): boolean {
  return past === null ? hand?.kind === 'organism' && hand.organism.alive : hand?.kind === 'past' && hand.organism.was === 'alive';
}

/** A button over the world, where there is somebody to follow. */
function offerFollowing(store: Store, view: WorldView): void {
  const button = element('button', { type: 'button', id: 'follow', class: 'plain', title: 'Keep the organism in hand in the middle (F)' }, 'follow');
  button.addEventListener('click', () => view.follow(!view.isFollowing));
  byId('choices', HTMLElement).append(button);
  combineLatest([view.following$, store.watch(canFollow)]).subscribe(([isFollowing, isPossible]) => {
    button.hidden = !isPossible;
    button.setAttribute('aria-pressed', String(isFollowing));
    setText(button, isFollowing ? 'following' : 'follow');
    if (!isPossible && isFollowing) view.follow(false);
  });
}
