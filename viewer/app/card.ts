import { combineLatest, fromEvent } from 'rxjs';
import type { Ancestor, ClientMessage, OrganismFacts, PastOrganismFacts, WorldFacts } from '../protocol.ts';
import { ancestorFold, childrenFold, lifetime } from './card-ancestry.ts';
import { storyFold, thoughtsFold } from './card-model.ts';
import { authorThen, doingThen, figuresThen, unknownThen, whenThen } from './card-past.ts';
import { cardMenu, lineShown } from './card-save.ts';
import { byId, element, setText } from './dom.ts';
import { Folds, Piece } from './fold.ts';
import { diffGenomes, differencesInWords } from './genome-diff.ts';
import { genomeElement, lightLine, type Vocabulary } from './genome-text.ts';
import { tagColour } from './palette.ts';
import { isSomethingOpen } from './popovers.ts';
import { letGo, type EliteFacts, type Store } from './state.ts';
import { count, figure, operatorInWords } from './words.ts';

function vocabularyOf(world: WorldFacts | null): Vocabulary {
  return {
    senses: new Map(world?.senses.map(({ name, sentence }) => [name, sentence])),
    acts: new Map(world?.acts.map(({ name, sentence }) => [name, sentence])),
  };
}

function authorOf({ operator, parents, rewritten }: OrganismFacts): string {
  const from = parents.length === 0 ? '' : ` · child of ${parents.map(count).join(' and ')}`;
  return `${operatorInWords(operator)}${from}${rewritten ? ' · rewritten since by its own thought' : ''}`;
}

/** The card of what is in hand: an organism, one of its ancestors, or an elite of the archive. */
export function showCard(store: Store, send: (message: ClientMessage) => void): void {
  const card = byId('card', HTMLElement);
  const folds = new Folds();
  /** The ancestor whose genome is read instead, by its place in the line: 0 is the parent. */
  let ancestorRead: number | null = null;
  let inHand = '';
  /** Id of the clade that this card has lit. */
  let lit: number | null = null;

  const swatch = element('i', { class: 'swatch' });
  const name = element('span');
  const figures = element('p');
  const close = element('button', { type: 'button', class: 'close', 'aria-label': 'Let go (Escape)' }, '×');
  const author = new Piece({ class: 'author' });
  const walk = new Piece({ class: 'walk' });
  const intent = new Piece({ class: 'intent' });
  const differences = new Piece({ class: 'differences' });
  const genome = new Piece();
  const foot = new Piece({ class: 'foot' });
  const unknown = new Piece({ class: 'foot unknown' });
  const story = new Piece();
  const thoughts = new Piece();
  const children = new Piece();
  const ancestors = new Piece();
  const body = element('div', { class: 'body' }, ...[author, walk, intent, differences, genome, foot, unknown, story, thoughts, children, ancestors].map(({ node }) => node));
  card.append(element('header', {}, element('h2', {}, swatch, name), figures, ...cardMenu(store, { name, figures, swatch, body }), close), body);

  const light = (genotype: number | null): void => {
    lit = genotype;
    send({ type: 'light', clade: genotype === null ? null : { genotype } });
  };
  const release = (): void => {
    ancestorRead = null;
    if (lit !== null) light(null);
    send({ type: 'release' });
    store.change(letGo);
    byId('world', HTMLElement).focus();
  };
  close.addEventListener('click', release);

  const link = (words: string, press: () => void, attributes: Record<string, string> = {}): HTMLElement => {
    const button = element('button', { type: 'button', class: 'back', ...attributes }, words);
    button.addEventListener('click', press);
    return button;
  };
  const take = (id: number): void => send({ type: 'inspectId', id });
  const read = (index: number | null): void => {
    ancestorRead = index;
    draw();
    walk.node.querySelector('button')?.focus();
  };

  const lighter = (genotype: number): HTMLElement => {
    const button = link('light its clade', () => {
      light(lit === genotype ? null : genotype);
      button.setAttribute('aria-pressed', String(lit === genotype));
    }, { id: 'light-clade', 'aria-pressed': String(lit === genotype), title: 'All who have its genome from the same first bearer light up, and all who descend from them' });
    return button;
  };

  const showAncestors = (key: number, line: readonly Ancestor[], known: number): void => {
    ancestors.show([key, line, known], () => ancestorFold(line, known, folds, { read, take, more: () => send({ type: 'ancestors', id: key, from: line.length }) }));
  };

  /** An ancestor in the place of what is in hand, with ways up and down the line. */
  const showAncestor = (line: readonly Ancestor[], index: number, key: number, known: number, vocabulary: Vocabulary, back: string): void => {
    const ancestor = line[index]!;
    const older = line[index + 1];
    author.node.dataset['operator'] = ancestor.operator;
    author.show([ancestor], () => [`ancestor ${count(ancestor.id)}, ${operatorInWords(ancestor.operator)} · ${lifetime(ancestor)}`]);
    walk.show([key, index, line.length, known], () => [
      ...index === 0 ? [] : [link('↓ its child', () => read(index - 1))],
      ...older !== undefined ? [link('↑ its parent', () => read(index + 1))] : known > line.length ? [link('↑ more of the line', () => send({ type: 'ancestors', id: key, from: line.length }))] : [],
      link(back, () => read(null))]);
    showGenome(ancestor.genome, older?.genome ?? null, -1, vocabulary);
    intent.show(null, () => []);
  };
  const showGenome = (text: string, from: string | null, firedLine: number, vocabulary: Vocabulary): void => {
    differences.show([text, from], () => (from === null ? [] : [differencesInWords(diffGenomes(from, text))]));
    genome.show([text, from, store.now.world?.name], () => [genomeElement(text, vocabulary, from)]);
    const pre = genome.node.firstElementChild;
    if (pre !== null) lightLine(pre, firedLine);
  };

  const showOrganism = (organism: OrganismFacts, world: WorldFacts | null, vocabulary: Vocabulary): void => {
    const line = lineShown({ kind: 'organism', organism }, store.now.line);
    swatch.style.background = tagColour(store.now.palette, organism.tag);
    setText(name, `Organism ${count(organism.id)}`);
    setText(figures, organism.alive ? `age ${count(organism.age)} · energy ${figure(organism.energy)}` : `died at age ${count(organism.age)}`);
    if (ancestorRead !== null && line[ancestorRead] !== undefined) showAncestor(line, ancestorRead, organism.id, organism.ancestorCount, vocabulary, '← back to the organism');
    else {
      author.node.dataset['operator'] = organism.operator;
      author.show(authorOf(organism), (text) => [text]);
      walk.show(null, () => []);
      showGenome(organism.genome, organism.parentGenome, organism.firedLine, vocabulary);
      intent.show(organism.intent, (text) => text === null ? [] : [element('b', {}, 'by its own thought '), text]);
    }
    const born = `${count(organism.children)} ${organism.children === 1 ? 'child' : 'children'}`;
    const judged = organism.worth === null ? '' : ` · judged ${world?.question?.name ?? 'worthy'} ${organism.worth.toFixed(2)}`;
    const facts = `${born} · mobility ${figure(organism.mobility)} · diet ${figure(organism.diet)} · lineage ${count(organism.lineage)}${judged}`;
    foot.show([facts, organism.genotype], () => [facts, lighter(organism.genotype)]);
    unknown.show(null, () => []);
    story.show(organism.story, (value) => storyFold(value, folds));
    thoughts.show([organism.id, organism.thoughts], () => thoughtsFold(organism.id, organism.thoughts, folds));
    children.show([organism.id, organism.childrenAlive, organism.childrenAliveCount], () => childrenFold(organism, folds, take));
    showAncestors(organism.id, line, organism.ancestorCount);
  };

  const showPast = (organism: PastOrganismFacts, vocabulary: Vocabulary): void => {
    const { id, known, seen } = organism;
    const line = lineShown({ kind: 'past', organism }, store.now.line);
    swatch.style.background = tagColour(store.now.palette, seen?.hue ?? 0);
    setText(name, `Organism ${count(id)}`);
    setText(figures, figuresThen(organism));
    if (ancestorRead !== null && line[ancestorRead] !== undefined) showAncestor(line, ancestorRead, id, organism.ancestorCount, vocabulary, '← back to the organism');
    else {
      if (known === null) delete author.node.dataset['operator'];
      else author.node.dataset['operator'] = known.operator;
      author.show([whenThen(organism), authorThen(organism)], (words) => words.filter((text) => text !== '').map((text) => element('p', {}, text)));
      walk.show(null, () => []);
      if (known === null) for (const piece of [differences, genome]) piece.show(null, () => []);
      else showGenome(known.genome, organism.parentGenome, -1, vocabulary);
      intent.show(null, () => []);
    }
    const facts = [doingThen(organism), ...known === null ? [] : [`lineage ${count(known.lineage)}`]].filter((text) => text !== '').join(' · ');
    foot.show([facts, known?.genotype], () => facts === '' ? [] : [facts, ...known === null ? [] : [lighter(known.genotype)]]);
    unknown.show(unknownThen(organism), (text) => text === '' ? [] : [text]);
    story.show(organism.story, (value) => storyFold(value, folds));
    thoughts.show([id, organism.thoughts], () => thoughtsFold(id, organism.thoughts, folds));
    children.show(null, () => []);
    showAncestors(id, line, organism.ancestorCount);
  };

  const showElite = (elite: EliteFacts, world: WorldFacts | null, vocabulary: Vocabulary): void => {
    setText(name, `Elite of cell ${elite.cell}`);
    setText(figures, `${world?.archive.objective ?? 'objective'} ${figure(elite.objective)}`);
    if (ancestorRead !== null && elite.ancestors[ancestorRead] !== undefined) showAncestor(elite.ancestors, ancestorRead, elite.organism, elite.ancestors.length, vocabulary, '← back to the elite');
    else {
      delete author.node.dataset['operator'];
      author.show(`organism ${count(elite.organism)}, entered at tick ${count(elite.tick)}`, (text) => [text]);
      walk.show(null, () => []);
      showGenome(elite.genome, elite.ancestors[0]?.genome ?? null, -1, vocabulary);
    }
    const fate = elite.carriers > 0 ? ` · ${count(elite.carriers)} alive with its genome` : elite.hasDescendants ? ' · has living descendants' : ' · nobody alive has its genome';
    foot.show(elite.measures.map((value, index) => `${world?.archive.measures[index]?.name ?? 'measure'} ${figure(value)}`).join(' · ') + fate, (text) => [text]);
    unknown.show(elite.ancestors.length === 0, (isAlone) => isAlone ? ['It was a founder, or its branch has died out and its ancestors are no longer known.'] : []);
    for (const piece of [intent, story, thoughts, children]) piece.show(null, () => []);
    showAncestors(elite.organism, elite.ancestors, elite.ancestors.length);
  };

  const draw = (): void => {
    const { hand, world } = store.now;
    card.hidden = hand === null;
    const before = inHand;
    inHand = hand === null ? '' : hand.kind !== 'elite' ? `organism ${hand.organism.id}` : `elite ${hand.elite.cell} ${hand.elite.organism}`;
    if (inHand !== before) ancestorRead = null;
    if (hand === null) return;
    // of whom no picture tells, the colour is not known
    swatch.hidden = hand.kind === 'elite' || (hand.kind === 'past' && hand.organism.seen === null);
    if (hand.kind === 'organism') showOrganism(hand.organism, world, vocabularyOf(world));
    else if (hand.kind === 'past') showPast(hand.organism, vocabularyOf(world));
    else showElite(hand.elite, world, vocabularyOf(world));
    card.dataset['kind'] = hand.kind;
    card.dataset['id'] = String(hand.kind === 'elite' ? hand.elite.organism : hand.organism.id);
    if (inHand === before) return;
    folds.forget('thought ');
    body.scrollTop = 0;
  };

  combineLatest([store.watch(({ hand }) => hand), store.watch(({ world }) => world), store.watch(({ palette }) => palette), store.watch(({ line }) => line)]).subscribe(draw);
  fromEvent<KeyboardEvent>(window, 'keydown').subscribe((event) => {
    // Escape closes what is on top first
    if (event.key === 'Escape' && store.now.hand !== null && !isSomethingOpen()) release();
  });
}
