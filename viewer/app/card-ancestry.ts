import type { Ancestor, OrganismFacts } from '../protocol.ts';
import { element } from './dom.ts';
import type { Folds } from './fold.ts';
import { rove } from './roving.ts';
import { count, withVisibleControls } from './words.ts';

export function lifetime({ bornAt, diedAt }: Ancestor): string {
  return diedAt === null ? `born ${count(bornAt)}, alive` : `${count(bornAt)} to ${count(diedAt)}`;
}

/** Whoever is chosen in the ancestry: the `index`-th of the line, or somebody who lives. */
export interface AncestryChoices { read(index: number): void; take(id: number): void; more(): void }

/** The line of first parents, nearest first: the living are taken in hand, the dead are read. */
export function ancestorFold(line: readonly Ancestor[], known: number, folds: Folds, { read, take, more }: AncestryChoices): Node[] {
  if (line.length === 0) return [];
  const rows = line.map((ancestor, index) => {
    const button = element('button', { type: 'button', 'data-ancestor': ancestor.id }, element('b', {}, count(ancestor.id)), ` ${withVisibleControls(ancestor.operator)} · ${lifetime(ancestor)}`);
    button.addEventListener('click', () => {
      if (ancestor.diedAt === null) take(ancestor.id);
      else read(index);
    });
    return element('li', {}, button);
  });
  if (known > line.length) {
    const button = element('button', { type: 'button', class: 'more' }, `more, of ${count(known)}`);
    button.addEventListener('click', more);
    rows.push(element('li', {}, button));
  }
  const list = element('ol', { class: 'ancestors' }, ...rows);
  rove(list, 'button');
  return [folds.fold('ancestors', [known === 1 ? '1 ancestor' : `${count(Math.max(known, line.length))} ancestors`], list)];
}

/** Living children whose first parent it is. */
export function childrenFold({ childrenAlive, childrenAliveCount }: Pick<OrganismFacts, 'childrenAlive' | 'childrenAliveCount'>, folds: Folds, take: (id: number) => void): Node[] {
  if (childrenAliveCount === 0) return [];
  const rows = childrenAlive.map((id) => {
    const button = element('button', { type: 'button', 'data-child': id }, element('b', {}, count(id)));
    button.addEventListener('click', () => take(id));
    return element('li', {}, button);
  });
  if (childrenAliveCount > childrenAlive.length) rows.push(element('li', { class: 'dim' }, `and ${count(childrenAliveCount - childrenAlive.length)} more`));
  const list = element('ol', { class: 'ancestors kin' }, ...rows);
  rove(list, 'button');
  return [folds.fold('children', [`${count(childrenAliveCount)} living ${childrenAliveCount === 1 ? 'child' : 'children'}`], list)];
}
