import { combineLatest, fromEvent } from 'rxjs';
import type { Ancestor, ClientMessage, OrganismFacts, WorldFacts } from '../protocol.ts';
import { storyFold, thoughtsFold } from './card-model.ts';
import { byId, element, setText } from './dom.ts';
import { Folds, Piece } from './fold.ts';
import { genomeElement, lightLine, type Vocabulary } from './genome-text.ts';
import { tagColour } from './palette.ts';
import type { EliteFacts, Store } from './state.ts';
import { count, figure, operatorInWords, withVisibleControls } from './words.ts';

const MOST_ANCESTORS = 12;

function vocabularyOf(world: WorldFacts | null): Vocabulary {
  return {
    senses: new Map(world?.senses.map(({ name, sentence }) => [name, sentence])),
    acts: new Map(world?.acts.map(({ name, sentence }) => [name, sentence])),
  };
}

function lifetime({ bornAt, diedAt }: Ancestor): string {
  return diedAt === null ? `born ${count(bornAt)}, alive` : `${count(bornAt)} to ${count(diedAt)}`;
}

function authorOf({ operator, parents, rewritten }: OrganismFacts): string {
  const from = parents.length === 0 ? '' : ` · child of ${parents.map(count).join(' and ')}`;
  return `${operatorInWords(operator)}${from}${rewritten ? ' · rewritten since by its own thought' : ''}`;
}

/** The card of what is in hand: an organism, one of its ancestors, or an elite of the archive. */
export function showCard(store: Store, send: (message: ClientMessage) => void): void {
  const card = byId('card', HTMLElement);
  const folds = new Folds();
  /** The ancestor whose genome is read instead of the organism's own. */
  let ancestorRead: { of: number; ancestor: Ancestor } | null = null;
  let inHand = '';

  const swatch = element('i', { class: 'swatch' });
  const name = element('span');
  const figures = element('p');
  const close = element('button', { type: 'button', class: 'close', 'aria-label': 'Let go (Escape)' }, '×');
  const author = new Piece({ class: 'author' });
  const intent = new Piece({ class: 'intent' });
  const genome = new Piece();
  const foot = new Piece({ class: 'foot' });
  const story = new Piece();
  const thoughts = new Piece();
  const ancestors = new Piece();
  const body = element('div', { class: 'body' }, ...[author, intent, genome, foot, story, thoughts, ancestors].map(({ node }) => node));
  card.append(element('header', {}, element('h2', {}, swatch, name), figures, close), body);

  const release = (): void => {
    ancestorRead = null;
    send({ type: 'release' });
    store.change((draft) => { draft.hand = null; });
  };
  close.addEventListener('click', release);

  const ancestorList = ({ id, ancestors: list }: Pick<OrganismFacts, 'id' | 'ancestors'>): Node[] => {
    if (list.length === 0) return [];
    const rows = list.map((ancestor) => {
      const button = element('button', { type: 'button', 'data-ancestor': ancestor.id },
        element('b', {}, count(ancestor.id)), ` ${withVisibleControls(ancestor.operator)} · ${lifetime(ancestor)}`);
      button.addEventListener('click', () => {
        if (ancestor.diedAt === null) {
          send({ type: 'inspectId', id: ancestor.id });
          return;
        }
        ancestorRead = { of: id, ancestor };
        draw();
      });
      return element('li', {}, button);
    });
    return [folds.fold('ancestors', [rows.length === MOST_ANCESTORS ? `last ${MOST_ANCESTORS} ancestors` : rows.length === 1 ? '1 ancestor' : `${rows.length} ancestors`],
      element('ol', { class: 'ancestors' }, ...rows))];
  };

  const backButton = (): HTMLElement => {
    const back = element('button', { type: 'button', class: 'back' }, '← back');
    back.addEventListener('click', () => {
      ancestorRead = null;
      draw();
    });
    return back;
  };

  const showOrganism = (organism: OrganismFacts, world: WorldFacts | null, vocabulary: Vocabulary): void => {
    swatch.style.background = tagColour(store.now.palette, organism.tag);
    setText(name, `Organism ${count(organism.id)}`);
    setText(figures, organism.alive ? `age ${count(organism.age)} · energy ${figure(organism.energy)}` : `died at age ${count(organism.age)}`);
    const ancestor = ancestorRead?.of === organism.id ? ancestorRead.ancestor : null;
    author.node.dataset['operator'] = ancestor === null ? organism.operator : ancestor.operator;
    if (ancestor !== null) {
      author.show([ancestor], () => [`ancestor ${count(ancestor.id)}, ${operatorInWords(ancestor.operator)} · ${lifetime(ancestor)} `, backButton()]);
      genome.show([ancestor.genome, world?.name], () => [genomeElement(ancestor.genome, vocabulary)]);
      intent.show(null, () => []);
    } else {
      author.show(authorOf(organism), (text) => [text]);
      genome.show([organism.genome, world?.name], () => [genomeElement(organism.genome, vocabulary)]);
      intent.show(organism.intent, (text) => text === null ? [] : [element('b', {}, 'by its own thought '), text]);
    }
    const pre = genome.node.firstElementChild;
    if (pre !== null) lightLine(pre, ancestor === null ? organism.firedLine : -1);
    const children = `${count(organism.children)} ${organism.children === 1 ? 'child' : 'children'}`;
    const judged = organism.worth === null ? '' : ` · judged ${world?.question?.name ?? 'worthy'} ${organism.worth.toFixed(2)}`;
    foot.show(`${children} · mobility ${figure(organism.mobility)} · diet ${figure(organism.diet)} · lineage ${count(organism.lineage)}${judged}`, (text) => [text]);
    story.show(organism.story, (value) => storyFold(value, folds));
    thoughts.show([organism.id, organism.thoughts], () => thoughtsFold(organism.id, organism.thoughts, folds));
    ancestors.show([organism.id, organism.ancestors], () => ancestorList(organism));
  };

  const showElite = (elite: EliteFacts, world: WorldFacts | null, vocabulary: Vocabulary): void => {
    setText(name, `Elite of cell ${elite.cell}`);
    setText(figures, `${world?.archive.objective ?? 'objective'} ${figure(elite.objective)}`);
    delete author.node.dataset['operator'];
    author.show(`organism ${count(elite.organism)}, entered at tick ${count(elite.tick)}`, (text) => [text]);
    genome.show([elite.genome, world?.name], () => [genomeElement(elite.genome, vocabulary)]);
    if (genome.node.firstElementChild !== null) lightLine(genome.node.firstElementChild, -1);
    foot.show(elite.measures.map((value, index) => `${world?.archive.measures[index]?.name ?? 'measure'} ${figure(value)}`).join(' · '), (text) => [text]);
    for (const piece of [intent, story, thoughts, ancestors]) piece.show(null, () => []);
  };

  const draw = (): void => {
    const { hand, world } = store.now;
    card.hidden = hand === null;
    const before = inHand;
    inHand = hand === null ? '' : hand.kind === 'organism' ? `organism ${hand.organism.id}` : `elite ${hand.elite.cell}`;
    if (hand === null) return;
    swatch.hidden = hand.kind === 'elite';
    if (hand.kind === 'organism') showOrganism(hand.organism, world, vocabularyOf(world));
    else showElite(hand.elite, world, vocabularyOf(world));
    card.dataset['kind'] = hand.kind;
    card.dataset['id'] = String(hand.kind === 'organism' ? hand.organism.id : hand.elite.organism);
    if (inHand === before) return;
    folds.forget('thought ');
    body.scrollTop = 0;
  };

  combineLatest([store.watch(({ hand }) => hand), store.watch(({ world }) => world), store.watch(({ palette }) => palette)]).subscribe(draw);
  fromEvent<KeyboardEvent>(window, 'keydown').subscribe((event) => {
    // Escape closes what is on top first
    if (event.key === 'Escape' && store.now.hand !== null && document.querySelector(':popover-open') === null) release();
  });
}
