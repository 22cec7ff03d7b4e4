import { element } from './dom.ts';
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

/**
 * A genome with light colours, built from text nodes alone: nothing in it can become markup.
 * @param firedLine line, from 0, to light up; -1 for none.
 */
export function genomeElement(genome: string, vocabulary: Vocabulary, firedLine = -1): HTMLPreElement {
  const lines = genome.replace(/\r?\n$/, '').split(/\r?\n/);
  const pre = element('pre', { class: 'genome', tabindex: 0, 'aria-label': 'Genome' });
  lines.forEach((text, index) => {
    const row = element('span', { class: index === firedLine ? 'line fired' : 'line', title: index === firedLine ? 'the rule that fired last' : undefined });
    row.append(...line(text, vocabulary), '\n');
    pre.append(row);
  });
  return pre;
}
