import { combineLatest, fromEvent } from 'rxjs';
import type { Ancestor, ClientMessage, OrganismFacts, WorldFacts } from '../protocol.ts';
import { byId, element } from './dom.ts';
import { genomeElement, type Vocabulary } from './genome-text.ts';
import { tagColour } from './palette.ts';
import type { EliteFacts, Store } from './state.ts';
import { count, figure, operatorInWords } from './words.ts';

function vocabularyOf(world: WorldFacts | null): Vocabulary {
  return {
    senses: new Map(world?.senses.map(({ name, sentence }) => [name, sentence])),
    acts: new Map(world?.acts.map(({ name, sentence }) => [name, sentence])),
  };
}

function lifetime({ bornAt, diedAt }: Ancestor): string {
  return diedAt === null ? `born ${count(bornAt)}, alive` : `${count(bornAt)} to ${count(diedAt)}`;
}

/** The card of what is in hand: an organism, one of its ancestors, or an elite of the archive. */
export function showCard(store: Store, send: (message: ClientMessage) => void): void {
  const card = byId('card', HTMLElement);
  /** The ancestor whose genome is read instead of the organism's own. */
  let ancestorRead: { of: number; ancestor: Ancestor } | null = null;
  let ancestorsOpen = false;

  const release = (): void => {
    ancestorRead = null;
    send({ type: 'release' });
    store.change((draft) => { draft.hand = null; });
  };
  const closeButton = (): HTMLElement => {
    const button = element('button', { type: 'button', class: 'close', 'aria-label': 'Let go (Escape)' }, '×');
    button.addEventListener('click', release);
    return button;
  };
  const head = (title: (Node | string)[], figures: string): HTMLElement =>
    element('header', {}, element('h2', {}, ...title), element('p', {}, figures), closeButton());

  const ancestors = (organism: OrganismFacts): HTMLElement => {
    const rows = organism.ancestors.map((ancestor) => {
      const button = element('button', { type: 'button', 'data-ancestor': ancestor.id },
        element('b', {}, count(ancestor.id)), ` ${ancestor.operator} · ${lifetime(ancestor)}`);
      button.addEventListener('click', () => {
        if (ancestor.diedAt === null) {
          send({ type: 'inspectId', id: ancestor.id });
          return;
        }
        ancestorRead = { of: organism.id, ancestor };
        draw();
      });
      return element('li', {}, button);
    });
    const details = element('details', { class: 'ancestors', open: ancestorsOpen },
      element('summary', {}, `${rows.length === 12 ? 'last 12' : rows.length} ancestors`), element('ol', {}, ...rows));
    details.addEventListener('toggle', () => { ancestorsOpen = details.open; });
    return details;
  };

  const organismCard = (organism: OrganismFacts, vocabulary: Vocabulary): Node[] => {
    const swatch = element('i', { class: 'swatch' });
    swatch.style.background = tagColour(store.now.palette, organism.tag);
    const state = organism.alive ? `age ${count(organism.age)} · energy ${figure(organism.energy)}` : `died at age ${count(organism.age)}`;
    const parents = organism.parents.length === 0 ? '' : ` · child of ${organism.parents.map(count).join(' and ')}`;
    const children = `${count(organism.children)} ${organism.children === 1 ? 'child' : 'children'}`;
    const nodes: Node[] = [head([swatch, `Organism ${count(organism.id)}`], state)];
    if (ancestorRead !== null && ancestorRead.of === organism.id) {
      const { ancestor } = ancestorRead;
      const back = element('button', { type: 'button', class: 'back' }, '← back');
      back.addEventListener('click', () => {
        ancestorRead = null;
        draw();
      });
      nodes.push(
        element('p', { class: 'author' }, `ancestor ${count(ancestor.id)}, ${operatorInWords(ancestor.operator)} · ${lifetime(ancestor)} `, back),
        genomeElement(ancestor.genome, vocabulary));
    } else {
      nodes.push(
        element('p', { class: 'author', 'data-operator': organism.operator }, `${operatorInWords(organism.operator)}${parents}`),
        genomeElement(organism.genome, vocabulary, organism.firedLine));
    }
    nodes.push(element('p', { class: 'foot' },
      `${children} · mobility ${figure(organism.mobility)} · diet ${figure(organism.diet)} · lineage ${count(organism.lineage)}`));
    if (organism.ancestors.length > 0) nodes.push(ancestors(organism));
    return nodes;
  };

  const eliteCard = (elite: EliteFacts, world: WorldFacts | null, vocabulary: Vocabulary): Node[] => {
    const measures = elite.measures.map((value, index) => `${world?.archive.measures[index]?.name ?? 'measure'} ${figure(value)}`);
    return [
      head([`Elite of cell ${elite.cell}`], `${world?.archive.objective ?? 'objective'} ${figure(elite.objective)}`),
      element('p', { class: 'author' }, `organism ${count(elite.organism)}, entered at tick ${count(elite.tick)}`),
      genomeElement(elite.genome, vocabulary),
      element('p', { class: 'foot' }, measures.join(' · ')),
    ];
  };

  const draw = (): void => {
    const { hand, world } = store.now;
    card.hidden = hand === null;
    if (hand === null) return;
    const vocabulary = vocabularyOf(world);
    // News comes several times a second: the list of ancestors and the reader's focus must outlive them.
    const focused = card.contains(document.activeElement) ? [...card.querySelectorAll('button, summary, pre')].indexOf(document.activeElement as Element) : -1;
    const scrolled = card.querySelector('.ancestors ol')?.scrollTop ?? 0;
    const read = card.querySelector('pre')?.scrollTop ?? 0;
    card.replaceChildren(...hand.kind === 'organism' ? organismCard(hand.organism, vocabulary) : eliteCard(hand.elite, world, vocabulary));
    card.dataset['kind'] = hand.kind;
    card.dataset['id'] = String(hand.kind === 'organism' ? hand.organism.id : hand.elite.organism);
    const list = card.querySelector('.ancestors ol');
    if (list !== null) list.scrollTop = scrolled;
    const pre = card.querySelector('pre');
    if (pre !== null) pre.scrollTop = read;
    if (focused >= 0) (card.querySelectorAll<HTMLElement>('button, summary, pre')[focused])?.focus({ preventScroll: true });
  };

  combineLatest([store.watch(({ hand }) => hand), store.watch(({ world }) => world), store.watch(({ palette }) => palette)]).subscribe(draw);
  fromEvent<KeyboardEvent>(window, 'keydown').subscribe((event) => {
    if (event.key === 'Escape' && store.now.hand !== null) release();
  });
}
