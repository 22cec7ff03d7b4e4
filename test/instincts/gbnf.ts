import type { RandomStream } from '../../core/kernel/random.ts';

/**
 * Writes texts that a GBNF grammar generates: a walker of the part of GBNF our grammars use (rules, alternatives, groups, `?`,
 * quoted literals, one-character classes of ranges), each choice drawn at random.
 */
type Node =
  | { kind: 'literal'; text: string }
  | { kind: 'class'; characters: string }
  | { kind: 'rule'; name: string }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'optional'; part: Node };

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
    case 'optional': return random.chance(0.5) ? writeText(grammar, random, node.part) : '';
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
    this.tokens = form.match(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-z-]+|[()|?]/g) ?? [];
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
      if (this.tokens[this.at] === '?') {
        this.at++;
        parts.push({ kind: 'optional', part });
      } else parts.push(part);
    }
    return { kind: 'sequence', parts };
  }

  private part(token: string): Node {
    this.at++;
    if (token.startsWith('"')) return { kind: 'literal', text: JSON.parse(token) as string };
    if (token.startsWith('[')) {
      const range = (_: string, low: string, high: string): string => '0123456789'.slice(Number(low), Number(high) + 1);
      return { kind: 'class', characters: token.slice(1, -1).replace(/(\d)-(\d)/g, range) };
    }
    if (token !== '(') return { kind: 'rule', name: token };
    const inner = this.choice();
    if (this.tokens[this.at++] !== ')') throw new Error('A group of the grammar is not closed.');
    return inner;
  }
}
