import type { Vocabulary } from '../../core/kernel/genomes.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import { amountRange, drawNumber, nudgeNumber, percentRange, rangeOfComparison, rangeOfEffect, rescaleNumber, type NumberRange } from './numbers.ts';
import { limits, type Deed, type Effect, type Rule, type Term } from './program.ts';
import { randomDeed, randomEffect, randomLeft, randomRight, randomRule, randomTarget, randomTerm } from './random-program.ts';

/** A program being changed; parts may be shared with another program, so they are replaced, never written to. */
export interface Draft { prompt: string | null; rules: Rule[]; otherwise: Deed }

/** Changes the draft, or finds nothing to change and returns false. */
export type Edit = (draft: Draft, vocabulary: Vocabulary, random: RandomStream) => boolean;

/** Of changes of a number: nudged nearby rather than drawn anew. */
const nudgeShare = 0.75;

/** Where a term stands. */
interface TermPlace { rule: number; alternative: number; term: number }

function termPlaces(draft: Draft, wanted: (term: Term) => boolean): TermPlace[] {
  const places: TermPlace[] = [];
  draft.rules.forEach(({ alternatives }, rule) => alternatives.forEach((terms, alternative) => terms.forEach((each, term) => {
    if (wanted(each)) places.push({ rule, alternative, term });
  })));
  return places;
}

function termAt(draft: Draft, { rule, alternative, term }: TermPlace): Term {
  return draft.rules[rule].alternatives[alternative][term];
}

/** Puts other terms in the place of one; an alternative or rule left empty goes. */
function replaceTerm(draft: Draft, place: TermPlace, by: readonly Term[]): void {
  const rule = draft.rules[place.rule];
  const terms = rule.alternatives[place.alternative].toSpliced(place.term, 1, ...by);
  const alternatives = terms.length > 0 ? rule.alternatives.with(place.alternative, terms)
    : rule.alternatives.toSpliced(place.alternative, 1);
  if (alternatives.length > 0) draft.rules[place.rule] = { ...rule, alternatives };
  else draft.rules.splice(place.rule, 1);
}

/** Deeds are numbered as their rules; the last is that of `otherwise`. */
function deedAt(draft: Draft, index: number): Deed {
  return index < draft.rules.length ? draft.rules[index].deed : draft.otherwise;
}

function replaceDeed(draft: Draft, index: number, deed: Deed): void {
  if (index < draft.rules.length) draft.rules[index] = { ...draft.rules[index], deed };
  else draft.otherwise = deed;
}

function deedsWhere(draft: Draft, wanted: (deed: Deed) => boolean): number[] {
  const found: number[] = [];
  for (let index = 0; index <= draft.rules.length; index++) if (wanted(deedAt(draft, index))) found.push(index);
  return found;
}

function effectCount(deed: Deed): number {
  return deed.effects.length + (deed.signal === null ? 0 : 1);
}

export function changeNumber(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const terms = termPlaces(draft, (term) => term.kind === 'chance' || term.right.kind === 'number');
  const effects = deedsWhere(draft, () => true).flatMap((deed) => deedAt(draft, deed).effects
    .flatMap((effect, index) => effect.kind === 'add' || effect.source.kind === 'number' ? [{ deed, index }] : []));
  if (terms.length + effects.length === 0) return false;
  const chosen = random.below(terms.length + effects.length);
  if (chosen < terms.length) {
    const place = terms[chosen];
    replaceTerm(draft, place, [withOtherNumber(termAt(draft, place), vocabulary, random)]);
  } else {
    const { deed, index } = effects[chosen - terms.length];
    const old = deedAt(draft, deed);
    replaceDeed(draft, deed, { ...old, effects: old.effects.with(index, effectWithOtherNumber(old.effects[index], random)) });
  }
  return true;
}

function otherNumber(value: number, range: NumberRange, random: RandomStream): number {
  return random.chance(nudgeShare) ? nudgeNumber(value, range, random) : drawNumber(range, random);
}

function withOtherNumber(term: Term, vocabulary: Vocabulary, random: RandomStream): Term {
  if (term.kind === 'chance') return { kind: 'chance', percent: otherNumber(term.percent, percentRange, random) };
  if (term.right.kind !== 'number') return term;
  return { ...term, right: { kind: 'number', value: otherNumber(term.right.value, rangeOfComparison(term, vocabulary), random) } };
}

function effectWithOtherNumber(effect: Effect, random: RandomStream): Effect {
  if (effect.kind === 'add') return { ...effect, amount: otherNumber(effect.amount, amountRange, random) };
  if (effect.source.kind !== 'number') return effect;
  return { ...effect, source: { kind: 'number', value: otherNumber(effect.source.value, rangeOfEffect(effect), random) } };
}

/** Another sense or register on the left, a number keeping its place in the range; or, less often, another right side. */
export function replaceSide(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const places = termPlaces(draft, (term) => term.kind === 'compare');
  const left = randomLeft(vocabulary, random);
  if (places.length === 0 || left === null) return false;
  const place = random.pick(places);
  const old = termAt(draft, place);
  if (old.kind === 'chance') return false;
  if (random.chance(0.25)) replaceTerm(draft, place, [{ ...old, right: randomRight(old.left, vocabulary, random) }]);
  else {
    const [from, to] = [rangeOfComparison(old, vocabulary), rangeOfComparison({ left }, vocabulary)];
    const right = old.right.kind === 'number' ? { ...old.right, value: rescaleNumber(old.right.value, from, to) } : old.right;
    replaceTerm(draft, place, [{ ...old, left, right }]);
  }
  return true;
}

export function flipComparison(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  const places = termPlaces(draft, (term) => term.kind === 'compare');
  if (places.length === 0) return false;
  const place = random.pick(places);
  const old = termAt(draft, place);
  if (old.kind === 'compare') replaceTerm(draft, place, [{ ...old, above: !old.above }]);
  return true;
}

export function replaceAct(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const index = random.below(draft.rules.length + 1);
  const { act, target } = randomDeed(vocabulary, random);
  replaceDeed(draft, index, { ...deedAt(draft, index), act, target });
  return true;
}

export function replaceTarget(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const found = deedsWhere(draft, (deed) => vocabulary.acts[deed.act].targets.length > 1);
  if (found.length === 0) return false;
  const index = random.pick(found);
  const deed = deedAt(draft, index);
  replaceDeed(draft, index, { ...deed, target: randomTarget(deed.act, vocabulary, random) });
  return true;
}

export function insertRule(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  if (draft.rules.length === limits.rules) return false;
  draft.rules.splice(random.below(draft.rules.length + 1), 0, randomRule(vocabulary, random));
  return true;
}

export function deleteRule(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  if (draft.rules.length === 0) return false;
  draft.rules.splice(random.below(draft.rules.length), 1);
  return true;
}

/** A copy of a rule at a random place, its numbers changed on the way. */
export function duplicateRule(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  if (draft.rules.length === 0 || draft.rules.length === limits.rules) return false;
  const rule = random.pick(draft.rules);
  const alternatives = rule.alternatives.map((terms) => terms.map((term) => withOtherNumber(term, vocabulary, random)));
  draft.rules.splice(random.below(draft.rules.length + 1), 0, { ...rule, alternatives });
  return true;
}

export function swapRules(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  if (draft.rules.length < 2) return false;
  const first = random.below(draft.rules.length);
  const second = (first + 1 + random.below(draft.rules.length - 1)) % draft.rules.length;
  [draft.rules[first], draft.rules[second]] = [draft.rules[second], draft.rules[first]];
  return true;
}

/** Exchanges what two rules do; `otherwise` counts as one. */
export function swapDeeds(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  if (draft.rules.length < 1) return false;
  const first = random.below(draft.rules.length + 1);
  const second = (first + 1 + random.below(draft.rules.length)) % (draft.rules.length + 1);
  const [one, other] = [deedAt(draft, first), deedAt(draft, second)];
  replaceDeed(draft, first, other);
  replaceDeed(draft, second, one);
  return true;
}

/** One more term, joined by `and` or as an alternative of its own, as there is room. */
export function addTerm(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const places = termPlaces(draft, () => true);
  if (places.length === 0) return false;
  const place = random.pick(places);
  const rule = draft.rules[place.rule];
  const term = randomTerm(vocabulary, random);
  if (random.chance(0.25)) {
    if (rule.alternatives.length === limits.alternatives) return false;
    draft.rules[place.rule] = { ...rule, alternatives: [...rule.alternatives, [term]] };
  } else {
    if (rule.alternatives[place.alternative].length === limits.terms) return false;
    replaceTerm(draft, place, [termAt(draft, place), term]);
  }
  return true;
}

/** Drops a term from a rule that has more than one. */
export function dropTerm(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  const places = termPlaces(draft, () => true).filter(({ rule }) => {
    const { alternatives } = draft.rules[rule];
    return alternatives.length > 1 || alternatives[0].length > 1;
  });
  if (places.length === 0) return false;
  replaceTerm(draft, random.pick(places), []);
  return true;
}

/** Turns one `and` of the program into an `or`, or one `or` into an `and`. */
export function rejoinTerms(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  const joints = termPlaces(draft, () => true)
    .filter(({ rule, alternative, term }) => alternative + term > 0 && canRejoin(draft.rules[rule], alternative, term));
  if (joints.length === 0) return false;
  const { rule, alternative, term } = random.pick(joints);
  const { alternatives, deed } = draft.rules[rule];
  const terms = alternatives[alternative];
  draft.rules[rule] = {
    alternatives: term > 0
      ? alternatives.toSpliced(alternative, 1, terms.slice(0, term), terms.slice(term))
      : alternatives.toSpliced(alternative - 1, 2, [...alternatives[alternative - 1], ...terms]),
    deed,
  };
  return true;
}

function canRejoin({ alternatives }: Rule, alternative: number, term: number): boolean {
  if (term > 0) return alternatives.length < limits.alternatives;
  return alternatives[alternative - 1].length + alternatives[alternative].length <= limits.terms;
}

export function addEffect(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  const found = deedsWhere(draft, (deed) => effectCount(deed) < limits.effects);
  if (found.length === 0) return false;
  const index = random.pick(found);
  const deed = deedAt(draft, index);
  if (random.chance(0.5) && vocabulary.signals.length > 0) {
    replaceDeed(draft, index, { ...deed, signal: random.below(vocabulary.signals.length) });
    return true;
  }
  if (vocabulary.registers.length === 0) return false;
  const effects = deed.effects.toSpliced(random.below(deed.effects.length + 1), 0, randomEffect(vocabulary, random));
  replaceDeed(draft, index, { ...deed, effects });
  return true;
}

/** Changes one effect of one deed, each as likely as another: a change of memory, or the signal. */
function changeEffect(draft: Draft, random: RandomStream, memory: (effects: readonly Effect[], chosen: number) => readonly Effect[],
  signal: () => number | null): boolean {
  const found = deedsWhere(draft, (deed) => effectCount(deed) > 0);
  if (found.length === 0) return false;
  const index = random.pick(found);
  const deed = deedAt(draft, index);
  const chosen = random.below(effectCount(deed));
  replaceDeed(draft, index, chosen < deed.effects.length
    ? { ...deed, effects: memory(deed.effects, chosen) }
    : { ...deed, signal: signal() });
  return true;
}

export function dropEffect(draft: Draft, _vocabulary: Vocabulary, random: RandomStream): boolean {
  return changeEffect(draft, random, (effects, chosen) => effects.toSpliced(chosen, 1), () => null);
}

export function replaceEffect(draft: Draft, vocabulary: Vocabulary, random: RandomStream): boolean {
  return changeEffect(draft, random, (effects, chosen) => effects.with(chosen, randomEffect(vocabulary, random)),
    () => random.below(vocabulary.signals.length));
}
