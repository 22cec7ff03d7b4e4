import type { RandomStream } from '../../core/kernel/random.ts';

/**
 * Writes texts that a GBNF grammar generates: a walker of the part of GBNF our grammars use (rules, alternatives, groups, `?`,
 * `{m,n}`, quoted literals, one-character classes of ranges), each choice drawn at random.
 */
type Node =
  | { kind: 'literal'; text: string }
  | { kind: 'class'; characters: string }
  | { kind: 'rule'; name: string }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'repeated'; part: Node; least: number; most: number };

export type Gbnf = ReadonlyMap<string, Node>;

export function readGbnf(text: string): Gbnf {
  const rules = new Map<string, Node>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [name = '', form = ''] = line.split(' ::= ');
    const reader = new Reader(form);
    rules.set(name, reader.choice());
    if (!reader.done) throw new Error(`Not read to its end: ${line}`);
  }
  return rules;
}

export function writeText(grammar: Gbnf, random: RandomStream, node: Node = { kind: 'rule', name: 'root' }): string {
  switch (node.kind) {
    case 'literal': return node.text;
    case 'class': return node.characters.charAt(random.below(node.characters.length));
    case 'sequence': return node.parts.map((part) => writeText(grammar, random, part)).join('');
    case 'choice': return writeText(grammar, random, random.pick(node.options));
    case 'repeated': {
      let text = '';
      for (let count = 0; count < node.most; count++) {
        // long repetitions are meant to be long: a coin at each turn would hardly ever come near their end
        if (count >= node.least && !random.chance(1 - 1 / (1 + node.most))) break;
        text += writeText(grammar, random, node.part);
      }
      return text;
    }
    case 'rule': {
      const rule = grammar.get(node.name);
      if (rule === undefined) throw new Error(`The grammar has no rule ${node.name}.`);
      return writeText(grammar, random, rule);
    }
  }
}

class Reader {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(form: string) {
    this.tokens = form.match(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{\d+,\d+\}|[a-z-]+|[()|?]/g) ?? [];
  }

  get done(): boolean {
    return this.at === this.tokens.length;
  }

  choice(): Node {
    const options = [this.sequence()];
    while (this.tokens[this.at] === '|') {
      this.at++;
      options.push(this.sequence());
    }
    return { kind: 'choice', options };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    for (let token = this.tokens[this.at]; token !== undefined && token !== '|' && token !== ')'; token = this.tokens[this.at]) {
      const part = this.part(token);
      const often = this.tokens[this.at] ?? '';
      const [, least, most] = often === '?' ? [often, '0', '1'] : /^\{(\d+),(\d+)\}$/.exec(often) ?? [];
      if (least === undefined) parts.push(part);
      else {
        this.at++;
        parts.push({ kind: 'repeated', part, least: Number(least), most: Number(most) });
      }
    }
    return { kind: 'sequence', parts };
  }

  private part(token: string): Node {
    this.at++;
    if (token.startsWith('"')) return { kind: 'literal', text: JSON.parse(token) as string };
    if (token.startsWith('[')) {
      const range = (_: string, low: string, high: string): string => (
        String.fromCharCode(...Array.from({ length: high.charCodeAt(0) - low.charCodeAt(0) + 1 }, (_, i) => low.charCodeAt(0) + i)));
      return { kind: 'class', characters: token.slice(1, -1).replace(/(\w)-(\w)/g, range) };
    }
    if (token !== '(') return { kind: 'rule', name: token };
    const inner = this.choice();
    if (this.tokens[this.at++] !== ')') throw new Error('A group of the grammar is not closed.');
    return inner;
  }
}
