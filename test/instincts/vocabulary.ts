import type { ActFacts, SenseFacts, Vocabulary } from '../../core/kernel/genomes.ts';

function sense(name: string, unit: SenseFacts['unit'], lower: number, upper: number, sentence: string): SenseFacts {
  return { name, unit, lower, upper, sentence };
}

function act(name: string, targets: readonly string[], sentence: string): ActFacts {
  return { name, targets, sentence };
}

/** Like the meadow's, with a sense that goes below zero besides, so that every form of the language has a use. */
export const vocabulary: Vocabulary = {
  senses: [
    sense('energy', '', 0, 100, 'Energy in store.'),
    sense('age', 'ticks', 0, 500, 'Ticks since birth.'),
    sense('grass.here', '%', 0, 100, 'How full of grass the cell underfoot is.'),
    sense('grass.near', '%', 0, 100, 'The fullest of the cells around.'),
    sense('kin.near', 'steps', 0, 10, 'Distance to the nearest relative.'),
    sense('other.near', 'steps', 0, 10, 'Distance to the nearest organism that is no relative.'),
    sense('hunter.near', 'steps', 0, 10, 'Distance to the nearest organism that attacked.'),
    sense('crowd', '', 0, 20, 'Organisms within sight.'),
    sense('hear.red', '', 0, 5, 'Neighbours that signal red.'),
    sense('hear.blue', '', 0, 5, 'Neighbours that signal blue.'),
    sense('hurt', 'ticks', 0, 50, 'Ticks since it was last attacked.'),
    sense('warmth', '', -20, 40, 'How warm it is.'),
  ],
  acts: [
    act('rest', [], 'Stay and spend little.'),
    act('eat', [], 'Eat grass from the cell underfoot.'),
    act('wander', [], 'Take a step in a random direction.'),
    act('climb', ['grass'], 'Step to where there is more of it.'),
    act('follow', ['kin', 'other'], 'Step towards the nearest.'),
    act('flee', ['hunter', 'other', 'kin'], 'Step away from the nearest.'),
    act('attack', ['other', 'kin'], 'Take energy from the nearest within reach.'),
    act('share', ['kin'], 'Give energy to the nearest.'),
    act('reproduce', [], 'Have a child alone.'),
    act('mate', ['kin', 'other'], 'Have a child with the nearest.'),
  ],
  signals: ['red', 'blue'],
  registers: ['a', 'b', 'c'],
};

/** The smallest world that can be spoken of. */
export const bareVocabulary: Vocabulary = { senses: [], acts: [act('rest', [], 'Stay.')], signals: [], registers: [] };
