import { escaped } from './svg-text.ts';

/** A part of a page: what `html` holds is markup that is safe to show, everything else is text. */
export type Section =
  | { readonly kind: 'heading' | 'subheading' | 'paragraph' | 'small'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[]; /** Columns that stand to the left; the rest are figures. */ readonly left: number }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'code'; readonly text: string; readonly title?: string }
  /** Pictures of the same size, side by side as many as fit. */
  | { readonly kind: 'pictures'; readonly pictures: readonly string[] }
  | { readonly kind: 'html'; readonly html: string };

/** A page that stands alone: no script, nothing from elsewhere, in the reader's light or dark. */
export function page(title: string, sections: readonly Section[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${sections.map(markup).join('\n')}
</main>
</body>
</html>
`;
}

function markup(section: Section): string {
  switch (section.kind) {
    case 'heading': return `<h2>${escaped(section.text)}</h2>`;
    case 'subheading': return `<h3>${escaped(section.text)}</h3>`;
    case 'paragraph': return `<p>${escaped(section.text)}</p>`;
    case 'small': return `<p class="small">${escaped(section.text)}</p>`;
    case 'facts': return `<dl>${section.facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`;
    case 'code': return section.title === undefined ? `<pre>${escaped(section.text)}</pre>` : `<details><summary>${escaped(section.title)}</summary><pre>${escaped(section.text)}</pre></details>`;
    case 'pictures': return `<div class="pictures">${section.pictures.map((one) => `<figure>${one}</figure>`).join('')}</div>`;
    case 'html': return section.html;
    case 'table': {
      const cells = (row: readonly string[], tag: string): string => row.map((cell, i) => `<${tag}${i < section.left ? ' class="left"' : ''}>${escaped(cell)}</${tag}>`).join('');
      return `<div class="wide"><table><thead><tr>${cells(section.head, 'th')}</tr></thead><tbody>${section.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`;
    }
  }
}

/** The viewer's colours in the same roles, so that a picture says the same there and here. */
const style = `
:root { color-scheme: light dark; --ground: #f4f6f1; --panel: #fcfdfa; --line: #d9e0d8; --edge: #8b9893; --ink: #17211f; --dim: #53625f; --mark: #835b00;
  --c0: #45752f; --c1: #1f6b90; --c2: #a84b14; --c3: #5e49a0; --c4: #835b00; --c5: #9c3c62; --c6: #1c7262; --c7: #53625f; --heat-low: #edf2df; --heat-high: #2c5a22; --on-low: #17211f; --on-high: #ffffff; --empty: #e6eae3; }
@media (prefers-color-scheme: dark) { :root { --ground: #0b1114; --panel: #10181c; --line: #223038; --edge: #5f7278; --ink: #dfe7e6; --dim: #97a7a9; --mark: #e6b84c;
  --c0: #7fb069; --c1: #6fb3d2; --c2: #d9763d; --c3: #9d8ad1; --c4: #e6b84c; --c5: #d57a9b; --c6: #5fb8a5; --c7: #8a9a9c; --heat-low: #14251f; --heat-high: #c5d86d; --on-low: #dfe7e6; --on-high: #141d10; --empty: #141d21; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 28px 72px; }
h1 { font-size: 26px; font-weight: 600; line-height: 1.2; margin: 0 0 12px; }
h2 { font-size: 17px; font-weight: 600; margin: 40px 0 10px; padding-top: 14px; border-top: 1px solid var(--line); }
p { max-width: 76ch; margin: 0 0 12px; }
.small, figcaption { color: var(--dim); font-size: 13px; }
dl { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 14px 0; }
dt { color: var(--dim); font-size: 12px; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 14px 0; }
table { border-collapse: collapse; font-size: 13px; }
th, td { text-align: right; padding: 5px 0 5px 22px; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--dim); font-weight: 500; } .left { text-align: left; padding-left: 0; padding-right: 14px; }
pre { background: var(--panel); border: 1px solid var(--line); padding: 12px 14px; overflow: auto; font: 12.5px/1.5 ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; max-height: 480px; }
summary { cursor: pointer; color: var(--dim); font-size: 13px; margin: 10px 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 28px 36px; margin: 18px 0; } figure { margin: 0; max-width: 100%; }
svg { display: block; max-width: 100%; height: auto; font: 12px system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; font-variant-numeric: tabular-nums; }
svg text { fill: var(--dim); } svg .title { fill: var(--ink); font-size: 13.5px; font-weight: 600; } svg .star { fill: var(--mark); font-size: 12px; } svg .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
svg .on-layer { fill: var(--ground); font-weight: 600; } svg .on-low { fill: var(--on-low); } svg .on-high { fill: var(--on-high); } svg .empty { fill: var(--empty); }
.rule { stroke: var(--line); fill: none; } .rule.zero, .axis { stroke: var(--edge); fill: none; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; } .dashed { stroke-dasharray: 5 4; }
.reach { stroke-width: 2; fill: none; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `.line.c${i}, .reach.c${i} { stroke: var(--c${i}); } svg .name.c${i}, .fill.c${i} { fill: var(--c${i}); } .dot.c${i} { fill: var(--c${i}); fill-opacity: .45; } .band.c${i} { fill: var(--c${i}); fill-opacity: .16; } .layer.c${i} { fill: var(--c${i}); fill-opacity: .82; }`).join('\n')}
.within { fill-opacity: 1; stroke: var(--ground); stroke-width: .7; }
h3 { font-size: 13.5px; font-weight: 600; margin: 22px 0 0; }
@media print { :root { color-scheme: light; } body { background: none; } main { padding: 0; } figure, table { break-inside: avoid; } }
`;
