import type { Bookmark, ClientMessage } from '../protocol.ts';
import { byId, element, setText } from './dom.ts';
import type { Looking } from './looking.ts';
import { placeUnder } from './popovers.ts';
import type { Store } from './state.ts';
import { count, withVisibleControls } from './words.ts';

/** The list of bookmarks: name the tick that is shown, jump to one, let one go. Answers with what opens it. */
export function showBookmarks(store: Store, send: (message: ClientMessage) => void, looking: Looking): () => void {
  const button = byId('bookmarks-button', HTMLButtonElement);
  const popover = byId('bookmarks', HTMLElement);
  const name = element('input', { type: 'text', maxlength: 80, id: 'bookmark-name', autocomplete: 'off', autofocus: true });
  const where = element('label', { for: 'bookmark-name' });
  const add = element('button', { type: 'submit', class: 'quiet' }, 'add');
  const form = element('form', {}, where, element('div', { class: 'row' }, name, add));
  const list = element('ol', { 'aria-label': 'Bookmarks' });
  const none = element('p', { class: 'dim' }, 'No bookmarks yet.');
  popover.append(element('h3', {}, 'Bookmarks'), form, list, none);
  placeUnder(popover, button);

  /** The tick when the list was opened: the world goes on while one types. */
  let tick = 0;
  popover.addEventListener('beforetoggle', (event) => {
    if (event.newState !== 'open') return;
    tick = looking.tick;
    setText(where, `Name tick ${count(tick)}`);
    name.value = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send({ type: 'bookmark', tick, text: name.value.trim() || `tick ${tick}` });
    name.value = '';
  });

  const row = (bookmark: Bookmark): HTMLElement => {
    const text = withVisibleControls(bookmark.text);
    const jump = element('button', { type: 'button', class: 'jump', 'data-tick': bookmark.tick }, element('b', {}, count(bookmark.tick)), ` ${text}`);
    jump.addEventListener('click', () => looking.at(bookmark.tick));
    const remove = element('button', { type: 'button', class: 'close', 'aria-label': `Let go of the bookmark ${text}` }, '×');
    remove.addEventListener('click', () => {
      send({ type: 'unbookmark', id: bookmark.id });
      name.focus();
    });
    return element('li', {}, jump, remove);
  };
  store.watch(({ bookmarks }) => bookmarks).subscribe((bookmarks) => {
    list.replaceChildren(...bookmarks.map(row));
    none.hidden = bookmarks.length > 0;
    setText(button, bookmarks.length === 0 ? 'bookmarks' : `bookmarks ${bookmarks.length}`);
  });
  return () => popover.togglePopover();
}
