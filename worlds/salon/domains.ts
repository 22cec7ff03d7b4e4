import { readDomain, type Domain, type DomainSource } from './domain.ts';

/*
 * The domains of QDAIF (Bradley et al. 2023, arXiv 2310.13032) in words of our own: opinions on vegetables, stories of a
 * spy and a politician, and poems.
 */

const opinions: DomainSource = {
  name: 'opinions',
  noun: 'opinion',
  template: 'What one person thinks about eating vegetables and other food made from plants:',
  seeds: [
    'I could not imagine a week without them: roasted carrots, lentil soup, a bowl of peas with mint, they leave me full and light at once.',
    'They are all right beside something else, I suppose, and I eat what is put before me, but I seldom think of them when I am hungry.',
    'Most of it tastes of wet grass to me, it costs too much for what it is, and an hour later I am looking for a real meal.',
  ],
  about: 'The texts are opinions on eating vegetables and food made from plants.',
  quality: { question: 'Is this a sincere and well written opinion on eating vegetables or food made from plants?' },
  measures: [{ name: 'sentiment', question: 'Is the feeling in this opinion about such food positive or negative?', labels: ['positive', 'negative'] }],
};

const spy = {
  noun: 'story',
  template: 'A short story with a suspicious spy and a rich politician in it:',
  seeds: [
    'The spy had watched the politician\'s villa for nine nights when the lights went out one by one, and from the cellar came a scratching that no man makes.',
    'She was sent to steal his letters, but the rich politician had written all of them to her, and the spy read until morning with the window open.',
    'The politician paid the spy to follow his rivals; the rivals paid the spy to follow him; in spring she sold both reports to a newspaper and bought a small boat.',
  ],
  about: 'The texts are short stories in which there should be a suspicious spy and a rich politician.',
  quality: { question: 'Is this a good short story with a suspicious spy and a rich politician in it?' },
};
const genre = { name: 'genre', question: 'Which genre is this story nearer to, horror or romance?', labels: ['horror', 'romance'] };
const ending = { name: 'ending', question: 'Does this story end in a happy or in a tragic way?', labels: ['happy', 'tragic'] };

const poetry: DomainSource = {
  name: 'poetry',
  noun: 'poem',
  template: 'A poem:',
  form: 'verse',
  seeds: [
    'Snow on the ploughed field / one crow lifts and the furrows / run on beneath it',
    'A baker who lived by the quay / baked a loaf that was bigger than he / he climbed in for a nap / put the crust on like a cap / and by noon he was halfway to sea',
    'The lamp is low, the tide has turned, the harbour bell is still / and all the letters that I burned grow warm upon the sill / you said that you would come by night, you said you would not stay / and there is ash upon the light, and it is nearly day',
  ],
  quality: { question: 'How good is this poem?', labels: ['outstanding', 'poor'], scale: 'rating' },
  measures: [
    { name: 'genre', question: 'Which form of poem is this nearest to?', categories: ['haiku', 'sonnet', 'ballad', 'limerick', 'hymn'] },
    { name: 'tone', question: 'Which tone does this poem have most of all?', categories: ['happy', 'dark', 'mysterious', 'romantic', 'reflective'] },
  ],
  depth: 1,
  ties: 'newest',
  maxCharacters: 1600,
};

const sources: readonly DomainSource[] = [
  opinions,
  { ...spy, name: 'stories-genre', measures: [genre] },
  { ...spy, name: 'stories-ending', measures: [ending] },
  { ...spy, name: 'stories-genre-ending', measures: [genre, ending] },
  poetry,
];

/** The domains that need no file. */
export const domains: readonly Domain[] = sources.map(readDomain);
