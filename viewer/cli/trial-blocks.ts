import { wrap } from './words.ts';

/** A piece of a report. Cells of a table beyond the first `left` columns stand to the right. */
export type Block =
  | { kind: 'title' | 'heading' | 'paragraph' | 'code'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly string[])[]; left: number };

/** The report as Markdown. Emphasis in the blocks' texts is Markdown already. */
export function markdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownBlock).join('\n\n')}\n`;
}

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case 'title': return `# ${block.text}`;
    case 'heading': return `## ${block.text}`;
    case 'paragraph': return block.text;
    case 'code': return `\`\`\`sh\n${block.text}\n\`\`\``;
    case 'list': return block.items.map((item) => `- ${item}`).join('\n');
    case 'table': {
      const rows = [block.head, block.head.map((_, i) => (i < block.left ? '---' : '---:')), ...block.rows];
      return rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
    }
  }
}

/** The report for a terminal: words wrapped at `width`, columns lined up, no marks. */
export function plainText(blocks: readonly Block[], width: number): string {
  return `${blocks.map((block) => plainBlock(block, width)).join('\n\n')}\n`;
}

function plainBlock(block: Block, width: number): string {
  switch (block.kind) {
    case 'title': return `${unmarked(block.text)}\n${'='.repeat(Math.min(width, block.text.length))}`;
    case 'heading': return `${block.text}\n${'-'.repeat(Math.min(width, block.text.length))}`;
    case 'paragraph': return wrap(unmarked(block.text), width);
    case 'code': return block.text.split('\n').map((line) => `  ${line}`).join('\n');
    case 'list': return block.items.map((item) => `- ${wrap(unmarked(item), width, '  ').trimStart()}`).join('\n');
    case 'table': return columns(block.head, block.rows, block.left);
  }
}

const unmarked = (text: string): string => text.replaceAll('**', '').replaceAll('`', '');

function columns(head: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const all = [head, ...rows].map((row) => row.map(unmarked));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const lines = all.map((row) => row.map((cell, i) => (i < left ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ').trimEnd());
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}
