import type { StoryFacts, ThoughtFacts } from '../protocol.ts';
import { element } from './dom.ts';
import type { Folds } from './fold.ts';
import { count, withVisibleControls } from './words.ts';

const ASKED = 'After the instructions, which are the same for all.';

/** Foreign text as it came, letter for letter, but for characters that cannot be seen. */
function quoted(title: string, text: string, about?: string): Node[] {
  return text === '' ? [] : [
    element('h3', { title: about }, title),
    element('blockquote', { class: 'quoted', tabindex: 0, 'aria-label': title }, withVisibleControls(text)),
  ];
}

function said(label: string, text: string, name: string): Node[] {
  return text === '' ? [] : [element('p', { class: name }, element('b', {}, `${label} `), withVisibleControls(text))];
}

function outcomeInWords(outcome: string): string {
  switch (outcome) {
    case 'ok': return 'as asked';
    case 'repaired': return 'repaired, asked once more';
    case 'budget': return 'over budget, nobody asked';
    default: return withVisibleControls(outcome);
  }
}

/** Why this child: which operator of which model was asked, what it was asked and what it replied. */
export function storyFold(story: StoryFacts | null, folds: Folds): Node[] {
  if (story === null) return [];
  const { operator, model, outcome, reason, instruction, plan, asked, replies } = story;
  const by = [operator, ...model === '' ? [] : [`by ${withVisibleControls(model)}`], outcomeInWords(outcome)].join(' · ');
  return [folds.fold('why', ['why this child · ', element('span', { class: 'brief', 'data-outcome': outcome }, by)],
    ...said(outcome === 'repaired' ? 'the first reply:' : 'why not:', reason, 'reason'),
    ...said('mutation prompt', instruction === null ? '' : `“${instruction}”`, 'instruction'),
    ...said('plan', plan, 'plan'),
    ...quoted('asked', asked, ASKED),
    ...replies.flatMap((reply, index) => quoted(replies.length === 1 ? 'replied' : index === 0 ? 'replied first' : 'replied then', reply)))];
}

/** What an organism has thought, the latest first. */
export function thoughtsFold(organism: number, thoughts: readonly ThoughtFacts[], folds: Folds): Node[] {
  const last = thoughts[0];
  if (last === undefined) return [];
  const cameOf = ({ effect, reason, outcome }: ThoughtFacts): string => withVisibleControls(effect || reason || (outcome === 'in flight' ? 'still thinking' : 'nothing'));
  const items = thoughts.map((thought) => {
    const { tick, tokens, outcome, reason, model, asked, reply, plan, sharedWith } = thought;
    const facts = [`${count(tokens)} tokens`, ...model === '' ? [] : [withVisibleControls(model)], outcomeInWords(outcome), ...sharedWith === null ? [] : [`shared with ${count(sharedWith)}`]];
    return element('li', {}, folds.fold(`thought ${organism} ${tick}`,
      [element('b', {}, `tick ${count(tick)}`), element('span', { class: 'brief', 'data-outcome': outcome }, ` ${cameOf(thought)}`)],
      element('p', { class: 'dim' }, facts.join(' · ')),
      ...said(outcome === 'repaired' ? 'the first reply:' : 'why not:', thought.effect === '' && outcome !== 'repaired' ? '' : reason, 'reason'),
      ...said('plan', plan, 'plan'), ...quoted('asked', asked, ASKED), ...quoted('replied', reply)));
  });
  return [folds.fold('thoughts',
    [`${thoughts.length} ${thoughts.length === 1 ? 'thought' : 'thoughts'} · `, element('span', { class: 'brief', 'data-outcome': last.outcome }, cameOf(last))],
    element('ol', {}, ...items))];
}
