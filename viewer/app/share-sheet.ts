import { byId, element, setText } from './dom.ts';
import type { Looking } from './looking.ts';
import { placeUnder } from './popovers.ts';
import type { Store } from './state.ts';
import { count } from './words.ts';

const SAID_MS = 1500;

/** Command lines that begin the same run again, and a branch of it after the tick that is shown, to be copied. */
export function showShare(store: Store, looking: Looking): void {
  const popover = byId('share', HTMLElement);
  const line = (id: string): { part: HTMLElement; show(title: string, text: string): void } => {
    const title = element('h3');
    const code = element('code', { id, tabindex: 0 });
    const copy = element('button', { type: 'button', class: 'quiet', 'aria-label': 'Copy the command line' }, 'copy');
    copy.addEventListener('click', () => {
      const said = (words: string): void => {
        setText(copy, words);
        window.setTimeout(() => setText(copy, 'copy'), SAID_MS);
      };
      navigator.clipboard.writeText(code.textContent).then(() => said('copied'), () => {
        getSelection()?.selectAllChildren(code);
        said('selected');
      });
    });
    return {
      part: element('div', {}, title, element('div', { class: 'row' }, code, copy)),
      show(words, text) {
        setText(title, words);
        setText(code, text);
      },
    };
  };
  const again = line('share-again');
  const branch = line('share-branch');
  const why = element('p', { class: 'dim' });
  popover.append(again.part, branch.part, why);
  placeUnder(popover, byId('share-button', HTMLButtonElement));

  const show = (): void => {
    const { share } = store.now;
    const branching = share?.branch ?? null;
    const tick = looking.tick;
    again.show('Begin this run again', share?.command ?? '');
    branch.part.hidden = branching === null;
    branch.show(`Branch after tick ${count(tick)}`, branching?.replaceAll('TICK', String(tick)) ?? '');
    setText(why, branching === null
      ? 'This run has no record, so nothing can branch off from it. What was turned by hand is not in the command line.'
      : 'A branch begins as this run was after that tick, and goes its own way. What was turned by hand is on the record.');
  };
  popover.addEventListener('beforetoggle', show);
  store.watch(({ share }) => share).subscribe(show);
}
