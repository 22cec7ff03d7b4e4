/**
 * One stop for the tab key in a group of like controls: arrow keys go from one to the next, Home and End to the ends.
 * Controls that come later are found when they are needed.
 */
export function rove(group: HTMLElement, selector: string): void {
  const all = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>(selector)].filter((node) => !node.hasAttribute('disabled'));
  const choose = (chosen: HTMLElement): void => {
    for (const node of all()) node.tabIndex = node === chosen ? 0 : -1;
  };
  group.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.matches(selector)) choose(target);
  });
  group.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const nodes = all();
    const at = nodes.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const to = ({ ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: nodes.length - 1 } as Record<string, number>)[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    nodes[(to + nodes.length) % nodes.length]?.focus();
  });
  const first = all()[0];
  if (first !== undefined) choose(first);
}
