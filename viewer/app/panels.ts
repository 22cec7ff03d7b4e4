import type { ClientMessage } from '../protocol.ts';
import { showArchive } from './archive-panel.ts';
import { showBookmarks } from './bookmarks.ts';
import { showBudgetNotice } from './budget-notice.ts';
import { showCard } from './card.ts';
import type { KeyBinding } from './keys.ts';
import { showLog } from './log-panel.ts';
import type { Looking } from './looking.ts';
import { showModels } from './models-panel.ts';
import { showMuller } from './muller-panel.ts';
import { showPastSign } from './past-sign.ts';
import { showPressures } from './pressures-panel.ts';
import { showSeries } from './series-panel.ts';
import { showShare } from './share-sheet.ts';
import type { Store } from './state.ts';
import { showTimeBar } from './time-bar.ts';
import { showTimeline } from './timeline.ts';

/** Lets the browser do what waits: a click, a frame. A hidden page goes on, too. */
function breathe(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve); });
}

/**
 * Puts everything around the picture on the page, a part at a time, what a hand reaches for first; answers with the keys that
 * work from then on.
 */
export async function showPanels(store: Store, send: (message: ClientMessage) => void, looking: Looking): Promise<KeyBinding[]> {
  const keys = showTimeBar(store, send, looking);
  const parts = [
    () => showCard(store, send),
    () => showTimeline(store, looking),
    () => showPressures(store, send),
    () => showArchive(store, send),
    () => showMuller(store, send),
    () => showSeries(store),
    () => showLog(store),
    () => showPastSign(store, looking),
    () => showModels(store, send),
    () => showBudgetNotice(store, send),
    () => showShare(store, looking),
  ];
  for (const show of parts) {
    show();
    await breathe();
  }
  const openBookmarks = showBookmarks(store, send, looking);
  return [...keys, { keys: ['b'], shown: 'B', words: 'bookmarks: name the tick that is shown', press: openBookmarks }];
}
