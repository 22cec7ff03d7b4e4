import { element } from './dom.ts';
import { diffGenomes, linesOf, type RuleDiff } from './genome-diff.ts';
import { withVisibleControls } from './words.ts';

/** Words of the world's language, with the sentence that explains each. */
export interface Vocabulary {
  senses: ReadonlyMap<string, string>;
  acts: ReadonlyMap<string, string>;
}

const TOKEN = /(#.*$)|(->)|(-?\d+(?:\.\d+)?%?)|([A-Za-z_][\w.]*)|(\s+)|([^\sA-Za-z_\d#]+)/gm;
const KEYWORDS = new Set(['when', 'and', 'or', 'not', 'otherwise', 'chance', 'with', 'then', 'set', 'to']);

function classOf(token: RegExpExecArray, vocabulary: Vocabulary): string {
  const [, comment, arrow, number, word] = token;
  if (comment !== undefined) return 'comment';
  if (arrow !== undefined) return 'arrow';
  if (number !== undefined) return 'number';
  if (word === undefined) return '';
  if (vocabulary.acts.has(word)) return 'act';
  if (vocabulary.senses.has(word)) return 'sense';
  return KEYWORDS.has(word) ? 'keyword' : word.includes('.') ? 'sense' : '';
}

function line(text: string, vocabulary: Vocabulary): Node[] {
  const pieces: Node[] = [];
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    // Whatever the pattern does not know is shown all the same.
    if (token.index > end) pieces.push(document.createTextNode(withVisibleControls(text.slice(end, token.index))));
    end = token.index + token[0].length;
    const name = classOf(token, vocabulary);
    const shown = withVisibleControls(token[0]);
    const about = vocabulary.acts.get(token[0]) ?? vocabulary.senses.get(token[0]);
    pieces.push(name === '' ? document.createTextNode(shown) : element('span', { class: name, title: about }, shown));
  }
  if (end < text.length) pieces.push(document.createTextNode(withVisibleControls(text.slice(end))));
  return pieces;
}

/** What is struck is drawn beside the genome and is no part of its text: whoever copies the genome copies the genome. */
function struck(text: string): HTMLElement {
  return element('del', { 'data-was': withVisibleControls(text), 'aria-label': `no longer: ${withVisibleControls(text)}`, role: 'note' });
}

function changedLine({ text, words }: Extract<RuleDiff, { kind: 'changed' }>, vocabulary: Vocabulary): Node[] {
  const pieces: Node[] = [];
  let end = 0;
  let gone: string[] = [];
  const strike = (): void => {
    if (gone.length > 0) pieces.push(struck(gone.join(' ')));
    gone = [];
  };
  for (const { fate, item } of words) {
    if (fate === 'gone') {
      gone.push(item);
      continue;
    }
    const at = text.indexOf(item, end);
    const gap = text.slice(end, at);
    end = at + item.length;
    if (gap !== '') pieces.push(document.createTextNode(withVisibleControls(gap)));
    strike();
    const drawn = line(item, vocabulary);
    pieces.push(...fate === 'new' ? [element('ins', {}, ...drawn)] : drawn);
  }
  strike();
  if (end < text.length) pieces.push(document.createTextNode(withVisibleControls(text.slice(end))));
  return pieces;
}

/** How the line of a genome begins that says how a model is to change its bearer's children. */
const PROMPT = 'mutation prompt:';

function promptLine(text: string): Node[] {
  return [element('span', { class: 'keyword' }, PROMPT), element('span', { class: 'instruction' }, withVisibleControls(text.slice(PROMPT.length)))];
}

/**
 * A genome with light colours, built from text nodes alone: nothing in it can become markup. Beside another that it came
 * from, the differences are marked: rules and words that are new, and those that are gone.
 */
export function genomeElement(genome: string, vocabulary: Vocabulary, from: string | null = null): HTMLPreElement {
  const rules: readonly RuleDiff[] = from === null ? linesOf(genome).map((text) => ({ kind: 'same', text })) : diffGenomes(from, genome);
  const pre = element('pre', { class: 'genome', tabindex: 0, 'aria-label': 'Genome' });
  for (const rule of rules) {
    if (rule.kind === 'gone') {
      pre.append(element('span', { class: 'line gone' }, struck(rule.text)));
      continue;
    }
    const isPrompt = pre.querySelector('.line:not(.gone)') === null && rule.text.startsWith(PROMPT);
    const row = element('span', {
      class: `line${isPrompt ? ' prompt' : ''}${rule.kind === 'same' ? '' : ` ${rule.kind}`}`, title: isPrompt ? 'inherited: how a model is asked to change its children' : undefined,
    });
    const drawn = isPrompt ? promptLine(rule.text) : rule.kind === 'changed' ? changedLine(rule, vocabulary) : line(rule.text, vocabulary);
    row.append(...rule.kind === 'new' ? [element('ins', {}, ...drawn)] : drawn, '\n');
    pre.append(row);
  }
  return pre;
}

/** Lights up the line, from 0, whose rule fired last; -1 for none. */
export function lightLine(pre: Element, firedLine: number): void {
  [...pre.querySelectorAll('.line:not(.gone)')].forEach((row, index) => {
    if (row.classList.contains('fired') === (index === firedLine)) return;
    row.classList.toggle('fired', index === firedLine);
    if (index === firedLine) row.setAttribute('title', 'the rule that fired last');
    else row.removeAttribute('title');
  });
}
