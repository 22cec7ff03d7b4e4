import { SALON_PROTOCOL_VERSION, type SalonClientMessage, type SalonServerMessage } from '../salon-protocol.ts';
import { byId, setText } from './dom.ts';
import { connectServer, feedAddress, type ServerFeed } from './feed-server.ts';
import { showHistory } from './salon-history.ts';
import { showTexts } from './salon-log.ts';
import { showMap } from './salon-map.ts';
import { showReader } from './salon-reader.ts';
import { showRuns } from './salon-runs.ts';
import type { SalonProbe } from './salon-probe.ts';
import { SalonStore } from './salon-state.ts';
import { showArchiveFacts, showTop } from './salon-top.ts';

function start(): void {
  const store = new SalonStore();
  let feed: ServerFeed<SalonClientMessage> | null = null;
  const send = (message: SalonClientMessage): void => feed?.send(message);
  showTop(store);
  showArchiveFacts(store);
  showRuns(store, send);
  showTexts(store, send);
  showHistory(store);
  showReader(store, send);
  const map = showMap(store, send);
  holdDrawer(store);
  feed = connectServer<SalonClientMessage, SalonServerMessage>(feedAddress(), {
    onMessage: (message) => {
      if (message.type === 'hello' && message.version !== SALON_PROTOCOL_VERSION) {
        const { version } = message;
        store.change((draft) => { draft.notice = `The server speaks version ${version} of the salon's protocol and this page version ${SALON_PROTOCOL_VERSION}; reload the page.`; });
        return;
      }
      store.accept(message);
    },
    onFrame: () => undefined,
    onState: (state) => store.change((draft) => { draft.link = state; }),
  });
  const probe: SalonProbe = { state: () => store.now, send, pointOf: (cell) => map.pointOf(cell) };
  window.salon = probe;
}

/** Where the page is narrow, the column comes and goes as a drawer; a text that is opened opens it. */
function holdDrawer(store: SalonStore): void {
  const button = byId('drawer', HTMLButtonElement);
  const open = (isOpen: boolean): void => {
    document.body.classList.toggle('drawer-open', isOpen);
    button.setAttribute('aria-expanded', String(isOpen));
  };
  button.addEventListener('click', () => open(!document.body.classList.contains('drawer-open')));
  store.watch(({ hand }) => hand?.id).subscribe((id) => { if (id !== undefined) open(true); });
}

try {
  start();
} catch (error) {
  const notice = byId('notice', HTMLElement);
  notice.hidden = false;
  setText(notice, `The page could not start: ${error instanceof Error ? error.message : String(error)}`);
}
