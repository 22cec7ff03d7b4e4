import { z } from 'zod';

/** Marks between texts in a prompt; a completion ends at either, and no text may hold one. */
export const SEPARATOR = '###';
export const separators: readonly string[] = [SEPARATOR, '@@@'];

/** Inner bin edges where a domain names none: fine at both ends, because a judge's probabilities pile up there. */
export const usualTicks = {
  one: [0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995],
  several: [0.005, 0.02, 0.05, 0.2, 0.5, 0.8, 0.95, 0.98, 0.995],
} as const;

/** Texts that a prompt shows, and so the least number of seeds. */
export const SHOTS = 3;
const MOST_CELLS = 10_000;
/** In all cells together. */
const MOST_HELD = 1_000_000;
const MOST_TEXT = 4000;

const word = z.string().trim().min(1, 'must not be empty').max(60, 'must have at most 60 characters')
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of characters that can be seen');
const sentences = z.string().trim().min(1, 'must not be empty').max(1000, 'must have at most 1000 characters')
  .regex(/^(?:[^\p{Cc}\p{Cf}]|\n)*$/u, 'must be made of characters that can be seen');

const labels = z.array(word).superRefine((list, context) => {
  if (list.length !== 2) context.addIssue(`two labels are needed, found ${list.length}${list.length > 2 ? '; name them as categories if there are more' : ''}`);
  else if (list[0]!.toLowerCase() === list[1]!.toLowerCase()) context.addIssue(`the two labels must differ, but both are "${list[0]}"`);
});

const ticks = z.array(z.number()).min(1, 'at least one bin edge is needed').max(999, 'at most 999 bin edges are possible').superRefine((list, context) => {
  const outside = list.find((tick) => !(tick > 0 && tick < 1));
  if (outside !== undefined) context.addIssue(`the bin edges must lie between 0 and 1, but one is ${outside}`);
  const at = list.findIndex((tick, i) => i > 0 && tick <= list[i - 1]!);
  if (at > 0) context.addIssue(`the bin edges must rise, but ${list[at - 1]} is followed by ${list[at]}: bins must not overlap`);
});

const scaled = z.strictObject({
  name: word,
  /** Answered with one of the labels. */
  question: sentences,
  /** The measure is the probability of the first. */
  labels,
  /** Inner edges of the bins. */
  ticks: ticks.optional(),
});
const categorical = z.strictObject({
  name: word,
  question: sentences,
  categories: z.array(word).superRefine((list, context) => {
    const names = list.map((name) => name.toLowerCase());
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (list.length < 2) context.addIssue(`two categories or more are needed, found ${list.length}`);
    else if (list.length > 50) context.addIssue(`at most 50 categories are possible, found ${list.length}`);
    else if (twice !== undefined) context.addIssue(`the category "${twice}" is there twice`);
  }),
});

/** What texts a salon is about, how they begin and how they are judged. */
export const domainSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and hyphens, at most 60'),
  /** What one text is called: `opinion`. */
  noun: word,
  /** The line that stands before each text in a prompt, and after the last for the model to go on. */
  template: z.string().trim().min(1, 'must not be empty').max(400, 'must have at most 400 characters').regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must be one line of characters that can be seen'),
  /** Whether a text is one paragraph, which ends with its line, or has lines, which are kept with " / " between them. */
  form: z.enum(['paragraph', 'verse']).default('paragraph'),
  /** Texts written by hand, with which a seeded salon begins. */
  seeds: z.array(z.string().trim().min(1, 'must not be empty')),
  /** What a judge must know; stands before every question. */
  about: sentences.optional(),
  quality: z.strictObject({
    question: sentences,
    /** Quality is the probability of the first, or with `rating` a whole number of 1 (the second) to 10 (the first), averaged. */
    labels: labels.default(['yes', 'no']),
    scale: z.enum(['probability', 'rating']).default('probability'),
  }),
  measures: z.array(z.union([scaled, categorical], {
    error: 'a measure has name, question and either two labels (with ticks, if you like) or categories',
  })).min(1, 'at least one measure is needed').max(3, 'at most three measures are possible'),
  /** Best texts kept in each cell; the best of them is its elite. */
  depth: z.int().min(1).max(1000).default(100),
  /** Who has a cell when both are as good; `newest` needs a depth of 1. */
  ties: z.enum(['incumbent', 'newest']).default('incumbent'),
  maxCharacters: z.int().min(20).max(MOST_TEXT).default(900),
}).superRefine((domain, context) => {
  const { seeds, form, maxCharacters, measures, depth, ties, template } = domain;
  const issue = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (seeds.length < SHOTS) issue(['seeds'], `a salon begins with ${SHOTS} texts or more, found ${seeds.length === 0 ? 'none' : seeds.length}`);
  if (seeds.length > 100) issue(['seeds'], `at most 100 are possible, found ${seeds.length}`);
  seeds.forEach((text, i) => {
    const mark = separators.find((each) => text.includes(each));
    if (mark !== undefined) issue(['seeds', i], `a text must not hold "${mark}", which stands between texts`);
    else if (text.length > maxCharacters) issue(['seeds', i], `a text has at most ${maxCharacters} characters, this one ${text.length}`);
    else if (form === 'paragraph' && /[\r\n]/.test(text)) issue(['seeds', i], 'a text is one paragraph without line breaks');
    else if (seeds.indexOf(text) !== i) issue(['seeds', i], `this text is the same as number ${seeds.indexOf(text)}`);
  });
  const mark = separators.find((each) => template.includes(each));
  if (mark !== undefined) issue(['template'], `it must not hold "${mark}", which stands between texts`);
  const names = ['quality', ...measures.map(({ name }) => name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) issue(['measures'], `two questions have the name "${twice}"`);
  if (measures.some((each) => 'categories' in each) && measures.some((each) => 'labels' in each)) {
    issue(['measures'], 'all have labels or all have categories; they cannot be mixed');
  }
  if (ties === 'newest' && depth > 1) issue(['ties'], `"newest" needs a depth of 1, but depth is ${depth}`);
  const cells = measures.reduce((product, each) => product * ('categories' in each ? each.categories.length : ticksOf(each.ticks, measures.length).length + 1), 1);
  if (cells > MOST_CELLS) issue(['measures'], `together they make ${cells} cells; at most ${MOST_CELLS} are possible`);
  else if (cells * depth > MOST_HELD) issue(['depth'], `${depth} texts in each of ${cells} cells are ${cells * depth}; at most ${MOST_HELD} are possible`);
}).transform(({ measures, ...domain }) => ({
  ...domain,
  measures: measures.map((each): Measure => ('categories' in each ? each : { ...each, ticks: ticksOf(each.ticks, measures.length) })),
}));

/** A measure of a text: the probability of the first of two labels, or which of several categories it is of. */
export type Measure =
  | { readonly name: string; readonly question: string; readonly labels: readonly string[]; readonly ticks: readonly number[] }
  | { readonly name: string; readonly question: string; readonly categories: readonly string[] };

export type Domain = z.output<typeof domainSchema>;
/** A domain as a person writes it, defaults left out. */
export type DomainSource = z.input<typeof domainSchema>;

function ticksOf(given: readonly number[] | undefined, measures: number): readonly number[] {
  return given ?? (measures === 1 ? usualTicks.one : usualTicks.several);
}

/** Reads what should be a domain. Throws an error with one sentence that names the field at fault. */
export function readDomain(value: unknown): Domain {
  const read = domainSchema.safeParse(value);
  if (read.success) return read.data;
  const [path, message] = deepest(read.error.issues[0]!);
  throw new Error(path === '' ? message : `${path}: ${message}`);
}

/** The place and the words of an issue. Where one of two forms was meant, the fault of the form that it is nearest to. */
function deepest(issue: z.core.$ZodIssue, before: readonly PropertyKey[] = []): [string, string] {
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union') return [path.join('.'), issue.message];
  const told = issue.errors.map((each) => each[0]!).filter((each) => each.code !== 'unrecognized_keys' && !(each.code === 'invalid_type' && each.input === undefined));
  const nearest = told[0];
  return nearest === undefined || nearest.path.length === 0 ? [path.join('.'), issue.message] : deepest(nearest, path);
}
