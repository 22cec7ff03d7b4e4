import { combineLatest } from 'rxjs';
import type { SalonClientMessage, SalonDomain, SalonJudgement, SalonRelative, SalonText } from '../salon-protocol.ts';
import { toCsv, type CsvValue } from './csv.ts';
import { byId, element, setText } from './dom.ts';
import { Folds, Piece } from './fold.ts';
import { saidBy, SHARE } from './page-text.ts';
import { isSomethingOpen } from './popovers.ts';
import { cellPlace } from './salon-layout.ts';
import { qualityColour, qualityWords, shareOf } from './salon-map.ts';
import { archivePicture, salonSource } from './salon-save.ts';
import { letGo, type SalonStore } from './salon-state.ts';
import { outcomeMark, outcomeWords } from './salon-words.ts';
import { saveMenu } from './save-menu.ts';
import { theme$ } from './theme.ts';
import { count, withVisibleControls } from './words.ts';

/** The text in hand: what it says, how it was judged, whom it was written from, and who was written from it. All of it is text. */
export function showReader(store: SalonStore, send: (message: SalonClientMessage) => void): void {
  const reader = byId('reader', HTMLElement);
  const folds = new Folds();
  /** Texts read before this one, to go back to. */
  const trail: { run: number; id: number }[] = [];
  let isReturn = false;
  let inHand = '';
  let light = false;
  let before: Element | null = null;

  const name = element('h2');
  const figures = element('p');
  const back = element('button', { type: 'button', class: 'back', 'aria-label': 'Back to the text read before' }, '←');
  const close = element('button', { type: 'button', class: 'close', 'aria-label': 'Close (Escape)' }, '×');
  const [text, fate, scores, parents, children, depth, prompt] = ['whole', 'fate', 'scores', 'parents', 'children', 'depth', 'prompt'].map((each) => new Piece({ class: each, 'data-piece': each })) as [Piece, Piece, Piece, Piece, Piece, Piece, Piece];
  const body = element('div', { class: 'body' }, ...[text, fate, scores, parents, children, depth, prompt].map(({ node }) => node));
  const menu = saveMenu(salonSource(store), {
    name: 'text',
    called: (own) => `text-${store.now.hand?.id ?? ''}${own === 'text' ? '' : `-${own}`}`,
    title: () => name.textContent, figures: () => figures.textContent, width: () => reader.clientWidth,
    picture: () => ({ parts: saidBy(body) }),
    pictures: [{ name: 'place', title: 'Its place in the archive', ...archivePicture(store, true) }],
    tables: [
      { name: 'judgements', title: 'What judges said', isThere: () => (store.now.hand?.judgements.length ?? 0) > 0, csv: () => judgementsCsv(store.now.hand) },
      { name: 'kin', title: 'It and its kin', csv: () => kinCsv(store.now.hand) },
    ],
  }, 'The text in hand');
  reader.append(element('header', {}, back, name, figures, ...menu, close), body);

  const release = (): void => {
    trail.length = 0;
    send({ type: 'release' });
    store.change(letGo);
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    else byId('archive-map', HTMLCanvasElement).focus();
  };
  close.addEventListener('click', release);
  back.addEventListener('click', () => {
    const last = trail.pop();
    if (last === undefined) return;
    isReturn = true;
    send({ type: 'read', ...last });
  });

  const swatch = (quality: number | null, domain: SalonDomain): HTMLElement => {
    const node = element('i', { class: 'swatch', 'aria-hidden': 'true' });
    if (quality !== null) node.style.background = qualityColour(shareOf(quality, domain), light);
    return node;
  };
  const link = (run: number, domain: SalonDomain) => ({ id, iteration, outcome, quality, excerpt }: SalonRelative): HTMLLIElement => {
    const button = element('button', { type: 'button', 'data-text': id, title: outcomeWords(outcome) },
      element('span', { class: 'when' }, iteration < 0 ? 'seed' : count(iteration + 1)), swatch(quality, domain),
      element('span', { class: 'said' }, withVisibleControls(excerpt)), element('span', { class: 'worth' }, quality === null ? '' : qualityWords(quality, domain)));
    button.addEventListener('click', () => send({ type: 'read', run, id }));
    return element('li', {}, button);
  };
  const relatives = (list: readonly SalonRelative[], { run }: SalonText, domain: SalonDomain): HTMLElement => element('ol', { class: 'relatives' }, ...list.map(link(run, domain)));

  const draw = (hand: SalonText | null, domain: SalonDomain | null): void => {
    reader.hidden = hand === null;
    document.body.classList.toggle('reading', hand !== null);
    if (hand === null || domain === null) {
      inHand = '';
      return;
    }
    const key = `${hand.run} ${hand.id}`;
    const isOther = key !== inHand;
    if (isOther) {
      const [run, id] = inHand.split(' ').map(Number);
      if (!isReturn && run !== undefined && id !== undefined && inHand !== '') trail.push({ run, id });
      if (inHand === '') before = document.activeElement;
      isReturn = false;
      inHand = key;
    }
    back.hidden = trail.length === 0;
    const place = hand.cell < 0 ? '' : cellPlace(hand.cell, domain).map((each) => `${each.name} ${each.bin}`).join(' · ');
    setText(name, `${capital(withVisibleControls(domain.noun))} ${hand.iteration < 0 ? 'of the beginning' : count(hand.iteration + 1)}`);
    setText(figures, hand.isElite ? 'elite of its cell' : hand.cell < 0 ? '' : 'not the elite');
    reader.dataset['id'] = String(hand.id);
    text.show(hand.text, (whole) => [element('blockquote', { tabindex: 0, 'aria-label': 'The text' }, whole === '' ? '(nothing was written)' : withVisibleControls(domain.form === 'verse' ? whole.replaceAll(' / ', '\n') : whole))]);
    fate.show([hand.outcome, hand.reason, place], () => [
      element('p', { 'data-outcome': hand.outcome }, `${outcomeMark(hand.outcome)} ${outcomeWords(hand.outcome)}`, ...place === '' ? [] : [element('span', { class: 'dim' }, ` · ${withVisibleControls(place)}`)]),
      ...hand.reason === '' ? [] : [element('p', { class: 'reason' }, withVisibleControls(hand.reason))]]);
    scores.show([hand.judgements, hand.judgedBy, hand.measures, hand.quality, light], () => scoreNodes(hand, domain));
    parents.show([hand.parents, light], () => (hand.parents.length === 0 ? []
      : [element('h3', {}, hand.parents.length === 1 ? 'written from' : `written from these ${hand.parents.length}, in this order`), relatives(hand.parents, hand, domain)]));
    children.show([hand.id, hand.children, hand.childCount, light], () => (hand.childCount === 0 ? []
      : [folds.fold('children', [hand.childCount === 1 ? '1 text was written from it' : `${count(hand.childCount)} texts were written from it`], relatives(hand.children, hand, domain))]));
    depth.show([hand.id, hand.depth, light], () => (hand.held < 2 ? [] : [folds.fold('depth', [`its cell holds ${count(hand.held)}, the best first`], relatives(hand.depth, hand, domain))]));
    prompt.show([hand.id, hand.prompt], () => (hand.prompt === '' ? []
      : [folds.fold('prompt', ['the prompt'], element('blockquote', { class: 'quoted', tabindex: 0, 'aria-label': 'The prompt' }, withVisibleControls(hand.prompt)))]));
    if (!isOther) return;
    body.scrollTop = 0;
    // what is read is where a reader of the keyboard goes on
    if (!reader.contains(document.activeElement) || document.activeElement === null) reader.focus({ preventScroll: true });
  };

  const scoreNodes = ({ judgements, judgedBy, quality, measures }: SalonText, domain: SalonDomain): Node[] => {
    if (judgements.length === 0) return [];
    const shares = [quality === null ? null : shareOf(quality, domain), ...domain.measures.map((measure, m) => (measure.names.length > 0 ? null : measures?.[m] ?? null))];
    const row = ({ name: of, value }: SalonJudgement, i: number): HTMLElement => {
      const share = shares[i] ?? null;
      const bar = element('i', { class: 'score-bar', hidden: share === null });
      if (share !== null) {
        bar.style.setProperty('--way', `${(share * 100).toFixed(1)}%`);
        bar.setAttribute(SHARE, share.toFixed(4));
        bar.style.setProperty('--score', i === 0 ? qualityColour(share, light) : 'var(--sky)');
      }
      return element('div', { class: 'score', 'data-score': of }, element('dt', {}, withVisibleControls(of)), element('dd', {}, bar, element('span', {}, withVisibleControls(value || 'not told'))));
    };
    const how = judgements.flatMap(({ name: of, question, how: way }) => [
      element('p', {}, element('b', {}, `${withVisibleControls(of)} `), withVisibleControls(question), ...way === '' ? [] : [element('span', { class: 'dim' }, ` — ${withVisibleControls(way)}`)])]);
    return [element('dl', {}, ...judgements.map(row)),
      folds.fold('judges', ['what the judges were asked'], ...how, ...judgedBy === '' ? [] : [element('p', { class: 'dim' }, withVisibleControls(judgedBy))])];
  };

  theme$.subscribe((theme) => {
    light = theme.light;
    draw(store.now.hand, store.now.domain);
  });
  combineLatest([store.watch(({ hand }) => hand), store.watch(({ domain }) => domain)]).subscribe(([hand, domain]) => draw(hand, domain));
  window.addEventListener('keydown', (event) => {
    // Escape closes what is on top first
    if (event.key === 'Escape' && store.now.hand !== null && !isSomethingOpen()) release();
  });
}

function judgementsCsv(hand: SalonText | null): string {
  return toCsv(['judge', 'said', 'asked', 'how'], (hand?.judgements ?? []).map(({ name, value, question, how }) => [name, value, question, how]));
}

/** The text itself whole, and of those around it the beginnings. */
function kinCsv(hand: SalonText | null): string {
  const header = ['kin', 'id', 'text', 'outcome', 'cell', 'quality', 'words'];
  if (hand === null) return toCsv(header, []);
  const rows = (kin: string, list: readonly SalonRelative[]): CsvValue[][] => list.map(({ id, iteration, outcome, cell, quality, excerpt }) => [kin, id, iteration + 1, outcome, cell < 0 ? null : cell, quality, excerpt]);
  return toCsv(header, [...rows('itself', [{ ...hand, excerpt: hand.text }]), ...rows('parent', hand.parents), ...rows('child', hand.children), ...rows('of its cell', hand.depth.filter(({ id }) => id !== hand.id))]);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
