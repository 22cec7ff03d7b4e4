import type { Ancestor, OrganismFacts, PastOrganismFacts } from '../protocol.ts';
import { toCsv, type CsvValue } from './csv.ts';
import { saidBy } from './page-text.ts';
import type { PicturePart } from './panel-picture.ts';
import { saveMenu, worldSource } from './save-menu.ts';
import type { EliteFacts, Hand, Store } from './state.ts';

/** What the card shows, part by part. */
export interface CardParts { name: HTMLElement; figures: HTMLElement; swatch: HTMLElement; body: HTMLElement }

const FIRED: PicturePart = { kind: 'text', text: 'Lit: the rule that fired last.', space: 8 };

type Column<Facts> = readonly [title: string, value: (facts: Facts) => CsvValue];

const ORGANISM: readonly Column<OrganismFacts>[] = [
  ['id', ({ id }) => id], ['alive', ({ alive }) => (alive ? 'yes' : 'no')], ['born', ({ bornAt }) => bornAt], ['age', ({ age }) => age], ['energy', ({ energy }) => energy],
  ['children', ({ children }) => children], ['mobility', ({ mobility }) => mobility], ['diet', ({ diet }) => diet], ['lineage', ({ lineage }) => lineage], ['operator', ({ operator }) => operator],
  ['parents', ({ parents }) => parents.join(' ')], ['judged', ({ worth }) => worth], ['intent', ({ intent }) => intent], ['rule that fired', ({ genome, firedLine }) => genome.split('\n')[firedLine] ?? null],
  ['genome', ({ genome }) => genome],
];
const PAST: readonly Column<PastOrganismFacts>[] = [
  ['id', ({ id }) => id], ['tick', ({ tick }) => tick], ['was', ({ was }) => was], ['born', ({ known }) => known?.bornAt ?? null], ['died', ({ known }) => known?.diedAt ?? null],
  ['energy from', ({ seen }) => seen?.energy.from ?? null], ['energy to', ({ seen }) => seen?.energy.to ?? null], ['act', ({ seen }) => seen?.act ?? null], ['signal', ({ seen }) => seen?.signal ?? null],
  ['lineage', ({ known }) => known?.lineage ?? null], ['operator', ({ known }) => known?.operator ?? null], ['parents', ({ known }) => known?.parents.join(' ') ?? null], ['genome', ({ known }) => known?.genome ?? null],
];

function rowOf<Facts>(columns: readonly Column<Facts>[], facts: Facts): string {
  return toCsv(columns.map(([title]) => title), [columns.map(([, value]) => value(facts))]);
}

function factsOf(hand: Hand, archive: { objective: string; measures: readonly { name: string }[] } | undefined): string {
  switch (hand?.kind) {
    case undefined: return toCsv(['id'], []);
    case 'organism': return rowOf(ORGANISM, hand.organism);
    case 'past': return rowOf(PAST, hand.organism);
    case 'elite': return rowOf<EliteFacts>([
      ['cell', ({ cell }) => cell], [archive?.objective ?? 'objective', ({ objective }) => objective], ...(archive?.measures ?? []).map(({ name }, i): Column<EliteFacts> => [name, ({ measures }) => measures[i] ?? null]),
      ['organism', ({ organism }) => organism], ['entered', ({ tick }) => tick], ['alive with its genome', ({ carriers }) => carriers], ['genome', ({ genome }) => genome],
    ], hand.elite);
  }
}

function idOf(hand: NonNullable<Hand>): number {
  return hand.kind === 'elite' ? hand.elite.organism : hand.organism.id;
}

/** The line of first parents as far as the card has it, nearest first. */
export function lineShown(hand: NonNullable<Hand>, asked: { id: number; ancestors: readonly Ancestor[] } | null): readonly Ancestor[] {
  const { ancestors } = hand.kind === 'elite' ? hand.elite : hand.organism;
  // the line as it was asked for reaches farther; the nearest twelve are newer
  return hand.kind !== 'elite' && asked?.id === hand.organism.id ? [...ancestors, ...asked.ancestors.slice(ancestors.length)] : ancestors;
}

/** The button and the menu by which the card is kept: as a picture of what it shows, its facts, its line and its thoughts as tables. */
export function cardMenu(store: Store, { name, figures, swatch, body }: CardParts): Node[] {
  const thoughts = (): OrganismFacts['thoughts'] => {
    const { hand } = store.now;
    return hand === null || hand.kind === 'elite' ? [] : hand.organism.thoughts;
  };
  return saveMenu(worldSource(store, () => store.now.hand?.kind === 'past'), {
    name: 'card',
    called(own) {
      const { hand } = store.now;
      const what = hand?.kind === 'elite' ? `elite-${hand.elite.cell}` : `organism-${hand === null ? '' : idOf(hand)}`;
      return own === 'ancestors' || own === 'thoughts' ? `${what}-${own}` : what;
    },
    title: () => name.textContent,
    figures: () => figures.textContent,
    width: () => body.clientWidth,
    picture: () => ({ parts: [...saidBy(body), ...body.querySelector('.fired') === null ? [] : [FIRED]], ...swatch.hidden ? {} : { mark: getComputedStyle(swatch).backgroundColor } }),
    tables: [
      { name: 'facts', title: 'Facts', csv: () => factsOf(store.now.hand, store.now.world?.archive) },
      {
        name: 'ancestors', title: 'Ancestors shown',
        isThere: () => store.now.hand !== null && lineShown(store.now.hand, store.now.line).length > 0,
        csv: () => toCsv(['generations back', 'id', 'operator', 'born', 'died', 'genome'], (store.now.hand === null ? [] : lineShown(store.now.hand, store.now.line))
          .map(({ id, operator, bornAt, diedAt, genome }, i) => [i + 1, id, operator, bornAt, diedAt, genome])),
      },
      {
        name: 'thoughts', title: 'Thoughts', isThere: () => thoughts().length > 0,
        csv: () => toCsv(['tick', 'tokens', 'outcome', 'model', 'effect', 'reason', 'asked', 'reply'], thoughts().map((each) => [each.tick, each.tokens, each.outcome, each.model, each.effect, each.reason, each.asked, each.reply])),
      },
    ],
  }, 'Organism in hand');
}
