import { byId, setText } from './dom.ts';
import { connectServer, feedAddress } from './feed-server.ts';
import { startWorker } from './feed-worker.ts';
import { FrameCosts } from './frame-costs.ts';
import { parseFrame, PointRoom } from './frame.ts';
import { Inbox } from './inbox.ts';
import { bindKeys } from './keys.ts';
import { lookThroughTime } from './looking.ts';
import { Marks } from './marks.ts';
import type { PageProbe } from './page-probe.ts';
import { applyFrame, applyMessage, Store } from './state.ts';
import { showTopLine } from './top-line.ts';
import { turns } from './turns.ts';
import { canFollow, seeWorld } from './see-world.ts';
import { PROTOCOL_VERSION, type ClientMessage, type Feed, type FeedHandlers, type ServerMessage } from '../protocol.ts';

/** The panels wait no longer than this for the first organisms. */
const PATIENCE_MS = 1500;

/** A frame takes in news for so long, and at least one message. */
const NEWS_MS = 0.7;
/** Where no picture has come for so long none is on its way, and panels draw as they like. */
const STILL_MS = 100;

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
  const store = new Store();
  const costs = new FrameCosts();
  const room = new PointRoom();
  let feed: Feed | null = null;
  let waiting: ArrayBuffer | null = null;
  const send = (message: ClientMessage): void => feed?.send(message);
  const refuse = (error: unknown): void => store.change((draft) => { draft.trouble = error instanceof Error ? error.message : String(error); });

  const inbox = new Inbox<ServerMessage>((message) => store.change((draft) => applyMessage(draft, message)));
  const handlers: FeedHandlers = {
    onMessage: (message) => {
      markOnce('greeted');
      inbox.add(message);
      if (message.type === 'hello') inbox.take(Infinity);
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
  // not after the picture is made ready: the first organisms wait for both
  void isFedByServer().then((isFed) => {
    feed = isFed ? connectServer(feedAddress(), handlers) : startWorker(Object.fromEntries(new URLSearchParams(location.search)), handlers);
  }).catch(refuse);
  showTopLine(store);
  // a browser turns its sign of loading until the page has loaded, and where a processor paints, everything waits for each of its turns
  if (document.readyState !== 'complete') await new Promise<void>((loaded) => { addEventListener('load', () => setTimeout(loaded), { once: true }); });
  const view = await seeWorld(store, send);
  performance.mark('picture ready');
  const marks = new Marks();
  let isSeen = (): void => undefined;
  const seen = new Promise<void>((resolve) => { isSeen = resolve; });

  let lastPictureAt = -Infinity;
  let [isForNews, mayDraw] = [false, true];
  const drawLoop = (): void => {
    requestAnimationFrame(drawLoop);
    const began = performance.now();
    const bytes = waiting;
    let decoded = began;
    if (bytes !== null) {
      waiting = null;
      try {
        const frame = parseFrame(bytes, room);
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
      isSeen();
      costs.add(decoded - began, prepared - decoded, performance.now() - prepared);
      send({ type: 'drawn' });
    }
    // news and panels by turns, and no more than one panel a picture
    if (bytes !== null || began - lastPictureAt > STILL_MS) mayDraw = true;
    if (bytes !== null) lastPictureAt = began;
    isForNews = !isForNews;
    const heard = (isForNews || !mayDraw) && inbox.take(NEWS_MS);
    if (!heard && mayDraw && turns.take(began)) mayDraw = false;
  };
  requestAnimationFrame(drawLoop);

  // the organisms first: what stands around them is put there when they are seen, or when they are long in coming
  await Promise.race([seen, new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); })]);
  const { showPanels } = await import('./panels.ts');
  const keys = await showPanels(store, send, lookThroughTime(store, send));
  const follow = (): void => {
    view?.follow(!view.isFollowing && canFollow(store.now));
  };
  bindKeys([...keys, { keys: ['f'], shown: 'F', words: 'follow the organism in hand, or no longer', press: follow }]);
  holdDrawer();
  performance.mark('panels made');

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
