import { showArchive } from './archive-panel.ts';
import { showBookmarks } from './bookmarks.ts';
import { showBudgetNotice } from './budget-notice.ts';
import { showCard } from './card.ts';
import { byId, setText } from './dom.ts';
import { connectServer, feedAddress } from './feed-server.ts';
import { startWorker } from './feed-worker.ts';
import { FrameCosts } from './frame-costs.ts';
import { parseFrame } from './frame.ts';
import { bindKeys } from './keys.ts';
import { showLog } from './log-panel.ts';
import { lookThroughTime } from './looking.ts';
import { Marks } from './marks.ts';
import { showModels } from './models-panel.ts';
import { showMuller } from './muller-panel.ts';
import type { PageProbe } from './page-probe.ts';
import { showPastSign } from './past-sign.ts';
import { showPressures } from './pressures-panel.ts';
import { showSeries } from './series-panel.ts';
import { showShare } from './share-sheet.ts';
import { applyFrame, applyMessage, Store } from './state.ts';
import { showTimeBar } from './time-bar.ts';
import { showTimeline } from './timeline.ts';
import { showTopLine } from './top-line.ts';
import { turns } from './turns.ts';
import { canFollow, seeWorld } from './see-world.ts';
import { PROTOCOL_VERSION, type ClientMessage, type Feed, type FeedHandlers } from '../protocol.ts';

/** A server that feeds pages says so; a static host does not, and then the world runs in the page. */
async function isFedByServer(): Promise<boolean> {
  if (new URLSearchParams(location.search).has('here')) return false;
  try {
    const response = await fetch('./feed.json', { cache: 'no-store' });
    return response.ok && ((await response.json()) as { feed?: unknown }).feed === 'server';
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  performance.mark('page begins');
  // asked while the picture is made ready: the first organisms wait for both
  const isFed = isFedByServer();
  const store = new Store();
  const costs = new FrameCosts();
  let feed: Feed | null = null;
  let waiting: ArrayBuffer | null = null;
  const send = (message: ClientMessage): void => feed?.send(message);
  const refuse = (error: unknown): void => store.change((draft) => { draft.trouble = error instanceof Error ? error.message : String(error); });

  showTopLine(store);
  showModels(store, send);
  showBudgetNotice(store, send);
  showArchive(store, send);
  showMuller(store, send);
  showSeries(store);
  showPressures(store, send);
  showLog(store);
  showCard(store, send);
  const looking = lookThroughTime(store, send);
  showTimeline(store, looking);
  showPastSign(store, looking);
  showShare(store, looking);
  const openBookmarks = showBookmarks(store, send, looking);
  performance.mark('panels made');
  const view = await seeWorld(store, send);
  performance.mark('picture ready');
  const marks = new Marks();
  const follow = (): void => {
    view?.follow(!view.isFollowing && canFollow(store.now));
  };
  bindKeys([
    ...showTimeBar(store, send, looking),
    { keys: ['b'], shown: 'B', words: 'bookmarks: name the tick that is shown', press: openBookmarks },
    { keys: ['f'], shown: 'F', words: 'follow the organism in hand, or no longer', press: follow },
  ]);
  holdDrawer();

  const drawLoop = (): void => {
    requestAnimationFrame(drawLoop);
    const began = performance.now();
    const bytes = waiting;
    let decoded = began;
    if (bytes !== null) {
      waiting = null;
      try {
        const frame = parseFrame(bytes);
        decoded = performance.now();
        view?.accept(frame, began / 1000);
        marks.accept(frame);
        if (frame.past || store.now.past !== null) store.change((draft) => applyFrame(draft, frame));
      } catch (error) {
        refuse(error);
      }
    }
    const isDue = view?.prepare(began / 1000) === true;
    if (isDue) marks.draw(view.camera);
    const prepared = performance.now();
    if (isDue) view.draw();
    if (bytes !== null) {
      markOnce('first picture');
      costs.add(decoded - began, prepared - decoded, performance.now() - prepared);
      send({ type: 'drawn' });
    }
    turns.take(began);
  };
  requestAnimationFrame(drawLoop);

  const handlers: FeedHandlers = {
    onMessage: (message) => {
      markOnce('greeted');
      store.change((draft) => applyMessage(draft, message));
      if (message.type === 'hello' && message.version !== PROTOCOL_VERSION) {
        refuse(new Error(`The simulation speaks version ${message.version} of the protocol and this page version ${PROTOCOL_VERSION}; reload the page.`));
      }
    },
    onFrame: (bytes) => {
      markOnce('first frame');
      waiting = bytes;
    },
    onState: (state) => store.change((draft) => { draft.link = state; }),
  };
  if (await isFed) {
    feed = connectServer(feedAddress(), handlers);
  } else {
    feed = startWorker(Object.fromEntries(new URLSearchParams(location.search)), handlers);
  }

  const probe: PageProbe = {
    frameCosts: () => costs.list(),
    clearFrameCosts: () => costs.clear(),
    state: () => store.now,
    send,
    pixels: () => view?.pixels() ?? { width: 0, height: 0, data: new Uint8Array() },
    pointOf: (x, y) => view?.camera.pointOf(x, y) ?? { x: 0, y: 0 },
  };
  window.lichen = probe;
}

const marked = new Set<string>();

/** A moment of the page's start, which the benchmark reads. */
function markOnce(moment: string): void {
  if (marked.has(moment)) return;
  marked.add(moment);
  performance.mark(moment);
}

/** Where the page is narrow, the column of evidence comes and goes as a drawer. */
function holdDrawer(): void {
  const button = byId('drawer', HTMLButtonElement);
  button.addEventListener('click', () => {
    const isOpen = document.body.classList.toggle('drawer-open');
    button.setAttribute('aria-expanded', String(isOpen));
  });
}

start().catch((error: unknown) => {
  const notice = byId('notice', HTMLElement);
  notice.hidden = false;
  setText(notice, `The page could not start: ${error instanceof Error ? error.message : String(error)}`);
});
