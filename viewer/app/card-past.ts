import type { PastOrganismFacts } from '../protocol.ts';
import { count, figure, operatorInWords } from './words.ts';

/** What stands beside the name: how old it was, and how much energy it had, as near as that is kept; of the dead how old they became. */
export function figuresThen({ was, seen, known, tick }: PastOrganismFacts): string {
  if (was === 'dead') return typeof known?.diedAt === 'number' ? `died at age ${count(known.diedAt - known.bornAt)}` : 'dead';
  const energy = seen === null ? '' : seen.energy.to === null ? `energy ${figure(seen.energy.from)} or more` : `energy ${figure(seen.energy.from)} to ${figure(seen.energy.to)}`;
  const age = was !== 'alive' ? '' : known === null ? 'age not known' : `age ${count(tick - known.bornAt)}`;
  return [age, energy].filter((words) => words !== '').join(' · ');
}

/** Where in time it is, and where it was not there why. */
export function whenThen({ was, tick, known }: PastOrganismFacts): string {
  const at = `at tick ${count(tick)}`;
  switch (was) {
    case 'unborn': return `${at}: not born yet, ${known === null ? 'when is not known' : `it comes in tick ${count(known.bornAt)}`}`;
    case 'dead': return `${at}: dead, ${typeof known?.diedAt !== 'number' ? 'since when is not known' : `since tick ${count(known.diedAt)}`}`;
    case 'unknown': return `${at} it was not there`;
    case 'alive': return known === null ? at : known.diedAt === null ? `${at}; alive to this day` : `${at}; it died in tick ${count(known.diedAt)}`;
  }
}

export function authorThen({ known }: PastOrganismFacts): string {
  if (known === null) return '';
  const { operator, parents, rewritten } = known;
  return `${operatorInWords(operator)}${parents.length === 0 ? '' : ` · child of ${parents.map(count).join(' and ')}`}${rewritten ? ' · rewritten by then by its own thought' : ''}`;
}

/** What it did and said in that tick. */
export function doingThen({ was, seen }: PastOrganismFacts): string {
  return seen === null || was !== 'alive' ? '' : `${seen.act === '' ? 'did nothing' : `did ${seen.act}`}${seen.signal === null ? '' : ` · signalled ${seen.signal}`}`;
}

/** What nobody can say of the past, in a sentence. */
export function unknownThen({ known, was }: PastOrganismFacts): string {
  if (known === null) return 'It left no descendants, and its life is too long ago: genome, parents and author are no longer known.';
  return was === 'alive' ? 'Which of its rules fired, and how many children it had by then, is not kept of the past.' : '';
}
