import { combineLatest } from 'rxjs';
import { byId, element, setText } from './dom.ts';
import type { Looking } from './looking.ts';
import type { Store } from './state.ts';
import { count, percent } from './words.ts';

/** Says over the world that it is not the present, which tick it is, and takes one back. */
export function showPastSign(store: Store, looking: Looking): void {
  const sign = byId('past', HTMLElement);
  const words = element('span');
  const back = element('button', { type: 'button', id: 'to-live', class: 'quiet' }, 'back to live ', element('kbd', {}, 'L'));
  const announced = element('span', { class: 'unseen', role: 'status' });
  const seek = byId('seeking', HTMLElement);
  sign.append(words, back);
  sign.after(announced);
  back.addEventListener('click', () => looking.live());

  combineLatest([store.watch(({ past }) => past), store.watch(({ totals }) => totals?.tick ?? 0)]).subscribe(([past, tick]) => {
    sign.hidden = past === null;
    document.body.classList.toggle('in-the-past', past !== null);
    if (past === null) return;
    const ago = Math.max(0, tick - past.tick);
    setText(words, `the past: tick ${count(past.tick)}, ${count(ago)} ${ago === 1 ? 'tick' : 'ticks'} ago${past.played ? ', played back from the record' : ''}`);
  });
  store.watch(({ past }) => past === null).subscribe((isLive) => setText(announced, isLive ? '' : 'You look at the past. Press L for the present.'));
  store.watch(({ seeking }) => seeking).subscribe((seeking) => {
    seek.hidden = seeking === null;
    if (seeking !== null) setText(seek, `tick ${count(seeking.tick)} is played back from the record: ${percent(Math.min(1, seeking.at / Math.max(1, seeking.tick)))}`);
  });
}
