import { aboutWorld } from '../../agents/judges/judging.ts';
import type { Labelled } from '../../agents/judges/agreement.ts';
import type { JudgeRequest } from '../../agents/judges/tasks.ts';
import type { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';

/** A question with texts that were labelled by hand before any judge had seen them. */
export interface LabelledSet { readonly question: Omit<JudgeRequest, 'text'>; readonly texts: readonly Labelled[] }

const about = aboutWorld(meadow as unknown as Simulation['world']);
const yes = (text: string): Labelled => ({ text, label: 'yes' });
const no = (text: string): Labelled => ({ text, label: 'no' });

/** The meadow's own question. Yes: what it does depends on several things that it senses; no: it hardly looks. */
const interesting: LabelledSet = {
  question: { name: meadow.question!.name, question: meadow.question!.text, labels: meadow.question!.labels, about },
  texts: [
    yes('when hunter.near < 3 steps -> flee hunter, signal red\nwhen hear.red > 0 -> flee other\nwhen grass.here > 30% -> eat\notherwise -> climb grass'),
    yes('when energy > 60 and kin.near < 2 steps -> share kin\nwhen energy > 50 -> reproduce\nwhen grass.here < 20% -> climb grass\notherwise -> eat'),
    yes('when other.near < 2 steps and energy < 30 -> attack other\nwhen hunter.near < 4 steps -> flee hunter\nwhen energy > 40 -> mate other\notherwise -> eat'),
    yes('when crowd > 8 -> flee kin\nwhen hear.blue > 0 and grass.here < 30% -> follow kin\nwhen grass.here > 60% -> eat, signal blue\notherwise -> wander'),
    yes('when hurt < 5 ticks -> flee other, signal red\nwhen age > 100 ticks and energy > 20 -> reproduce\nwhen grass.near > 50% -> climb grass\notherwise -> eat'),
    yes('when memory.a > 3 -> wander, set a to 0\nwhen grass.here > 40% -> eat, add 1 to a\nwhen hunter.near < 2 steps -> flee hunter\notherwise -> climb grass'),
    yes('when energy > 70 -> reproduce\nwhen kin.near > 3 steps and crowd > 0 -> follow kin\nwhen other.near < 1 steps -> attack other\notherwise -> eat'),
    yes('when energy < 20 and grass.here > 10% -> eat\nwhen other.near < 3 steps and energy > 60 -> attack other, signal red\nwhen energy > 45 -> mate kin\notherwise -> climb grass'),
    no('otherwise -> rest'),
    no('otherwise -> eat'),
    no('otherwise -> wander'),
    no('when chance 50% -> wander\notherwise -> eat'),
    no('when chance 0% -> reproduce\notherwise -> rest'),
    no('when energy > 0 -> rest\notherwise -> rest'),
    no('when chance 10% -> rest\nwhen chance 10% -> rest\notherwise -> rest'),
    no('when chance 30% -> wander\nwhen chance 30% -> eat\notherwise -> wander'),
  ],
};

/** Something that anyone can check: whether a creature ever bites. */
const bites: LabelledSet = {
  question: { name: 'bites', question: 'Does this creature ever attack others?', labels: ['yes', 'no'], about },
  texts: [
    yes('when other.near < 2 steps -> attack other\notherwise -> eat'), yes('when energy < 20 -> attack kin\notherwise -> wander'),
    yes('otherwise -> attack other'), yes('when grass.here > 30% -> eat\nwhen energy > 60 -> reproduce\notherwise -> attack other'),
    yes('when hunter.near < 3 steps -> flee hunter\nwhen kin.near < 1 steps -> attack kin, signal red\notherwise -> rest'),
    yes('when chance 20% -> attack other\notherwise -> climb grass'),
    no('otherwise -> eat'), no('when hunter.near < 3 steps -> flee hunter\notherwise -> eat'),
    no('when kin.near < 2 steps -> share kin\nwhen energy > 60 -> reproduce\notherwise -> eat'), no('when energy > 40 -> mate other\notherwise -> climb grass'),
    no('when hear.red > 0 -> flee other\nwhen grass.here > 30% -> eat\notherwise -> wander'), no('when chance 20% -> rest\notherwise -> follow kin'),
  ],
};

const good = (text: string): Labelled => ({ text, label: 'positive' });
const bad = (text: string): Labelled => ({ text, label: 'negative' });

/** Free text: what people say of vegetables. */
const sentiment: LabelledSet = {
  question: { name: 'sentiment', question: 'Is this opinion of vegetables positive or negative?', labels: ['positive', 'negative'] },
  texts: [
    good('I love roasted carrots, they are sweet and make every dinner better.'), good('Eating more greens gave me energy and I feel wonderful.'),
    good('A fresh salad from the garden is one of the great pleasures of summer.'), good('Vegetable stew is cheap, healthy and delicious.'),
    good('My children ask for broccoli now, and I could not be happier.'), good('There is nothing like a ripe tomato with a little salt.'),
    good('Plant-based cooking opened a whole new kitchen to me.'), good('Spinach is my favourite: quick, tasty and good for you.'),
    bad('Vegetables are bland and I only eat them because I am told to.'), bad('I hate the smell of boiled cabbage, it makes me ill.'),
    bad('That salad was limp, bitter and a waste of money.'), bad('I cannot stand the slimy texture of cooked okra.'),
    bad('A meal without meat leaves me hungry and cross.'), bad('Broccoli is disgusting, and no sauce can save it.'),
    bad('The vegetable soup tasted of dishwater, never again.'), bad('Peas are awful little things that I push off my plate.'),
  ],
};

export const labelledSets: readonly LabelledSet[] = [interesting, bites, sentiment];
