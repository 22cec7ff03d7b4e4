/** A place for one request at a time, which remembers what it read last. */
export interface SlotFacts {
  busy: boolean;
  /** How many tokens from the beginning of the prompt it has read already. */
  common: number;
  /** When it was last used, in any units that grow. */
  lastUsed: number;
}

/**
 * The slot for a prompt: the free one that has read most of it; among equals the one not used for longest, so that
 * each kind of prompt comes to a slot of its own. What two prompts have in common by accident, less than `least` tokens, counts
 * as nothing: a prompt of a new kind takes the slot that is missed least, not the one that begins a little alike.
 * Gives the index, or -1 when all are busy.
 */
export function chooseSlot(slots: readonly SlotFacts[], least: number): number {
  const worth = ({ common }: SlotFacts) => (common < least ? 0 : common);
  let best = -1;
  for (const [i, slot] of slots.entries()) {
    if (slot.busy) continue;
    const rival = slots[best];
    const gain = rival === undefined ? 1 : worth(slot) - worth(rival) || rival.lastUsed - slot.lastUsed;
    if (gain > 0) best = i;
  }
  return best;
}
