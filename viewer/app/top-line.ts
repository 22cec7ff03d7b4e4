import { budgetBrief, budgetLines, isNearlySpent } from './budget-words.ts';
import type { Store } from './state.ts';
import { byId, setText, showText } from './dom.ts';
import { compact, count, money, percent, withVisibleControls } from './words.ts';

const TROUBLE_SHOWN_MS = 8000;

/** One line of truth: which world, how many live, who writes the children; trouble in amber. */
export function showTopLine(store: Store): void {
  const worldName = byId('world-name', HTMLElement);
  const tick = byId('tick', HTMLElement);
  const alive = byId('alive', HTMLElement);
  const lineages = byId('lineages', HTMLElement);
  const seed = byId('seed', HTMLElement);
  const headline = byId('headline', HTMLElement);
  const model = byId('model', HTMLElement);
  const modelText = model.querySelector('span');
  const writing = byId('writing', HTMLElement);
  const writingShare = byId('writing-share', HTMLElement);
  const writingCalls = byId('writing-calls', HTMLElement);
  const writingTokens = byId('writing-tokens', HTMLElement);
  const writingDollars = byId('writing-dollars', HTMLElement);
  const budget = byId('budget', HTMLElement);
  const fallbacks = byId('fallbacks', HTMLElement);
  const link = byId('link', HTMLElement);
  const notice = byId('notice', HTMLElement);

  store.watch(({ world }) => world).subscribe((world) => {
    if (world === null) return;
    setText(worldName, world.title || world.name);
    worldName.title = world.sentence;
    document.title = `${world.title || world.name} · Lichen`;
  });
  store.watch((state) => state.seed).subscribe((value) => setText(seed, value === null ? '–' : String(value)));

  store.watch(({ totals }) => totals).subscribe((totals) => {
    if (totals === null) return;
    setText(tick, count(totals.tick));
    tick.dataset['value'] = String(totals.tick);
    setText(alive, count(totals.population));
    alive.dataset['value'] = String(totals.population);
    setText(lineages, count(totals.lineages));
    showText(headline, totals.headline === undefined ? '' : `${totals.headline.title.toLowerCase()} ${totals.headline.value.toFixed(3)}${totals.headline.unit === 'degrees' ? '°' : ` ${totals.headline.unit}`}`);
    const { calls, tokens, dollars, repaired, copies, inFlight, share, overBudget, accounts, fallbacks: children } = totals.model;
    const failedAs = (role: string): number => accounts.reduce((sum, account) => sum + (account.role === role ? account.fallback : 0), 0);
    const thoughts = failedAs('mind');
    const judgements = failedAs('judge');
    const failed = children + thoughts + judgements;
    showText(fallbacks, failed === 0 ? '' : `${count(failed)} ${failed === 1 ? 'fallback' : 'fallbacks'}`);
    fallbacks.title = `Where the model failed: ${count(children)} children that a classical operator wrote in its place, ${count(thoughts)} thoughts that came to nothing, `
      + `${count(judgements)} questions to a judge. Each is in the record.`;
    fallbacks.dataset['value'] = String(failed);
    const written = totals.birthsByOperator['llm'] ?? 0;
    writing.hidden = store.now.model?.state !== 'ready' && calls === 0;
    setText(writingShare, `children by model ${percent(totals.births === 0 ? 0 : written / totals.births)}`);
    setText(writingCalls, `${compact(calls)} calls`);
    setText(writingTokens, `${compact(tokens)} tokens`);
    showText(writingDollars, dollars > 0 ? money(dollars) : '');
    writing.title = `${count(written)} of ${count(totals.births)} children written by the model; now asked for ${percent(share)} of conceptions; `
      + `${count(repaired)} repaired, ${count(copies)} equal to a parent, ${count(inFlight)} being answered${overBudget > 0 ? `, ${count(overBudget)} over budget` : ''}. `
      + 'Click to read what was asked of whom.';
    showText(budget, totals.budget === null ? '' : budgetBrief(totals.budget));
    if (totals.budget === null) return;
    budget.classList.toggle('amber', isNearlySpent(totals.budget));
    budget.dataset['used'] = totals.budget.used.toFixed(3);
    budget.title = budgetLines(totals.budget).join('\n');
  });

  store.watch((state) => state.model).subscribe((facts) => {
    if (facts === null) return;
    model.hidden = false;
    model.classList.toggle('amber', facts.state === 'absent');
    model.dataset['state'] = facts.state;
    const note = withVisibleControls(facts.note);
    const name = withVisibleControls(facts.name);
    if (modelText !== null) {
      setText(modelText, facts.state === 'ready' ? name : facts.state === 'absent' ? (note || 'no model could be had') : 'no model, classical operators');
    }
    model.title = note;
  });

  store.watch((state) => state.link).subscribe((state) => {
    showText(link, state === 'lost' ? 'connection lost, trying again' : '');
    document.body.dataset['link'] = state;
  });
  store.watch(({ trouble }) => trouble).subscribe((sentence) => {
    showText(notice, store.now.finished || withVisibleControls(sentence));
    // Without a world the sentence is all there is to read: it stays.
    if (sentence === '' || store.now.world === null) return;
    window.setTimeout(() => store.change((draft) => {
      if (draft.trouble === sentence) draft.trouble = '';
    }), TROUBLE_SHOWN_MS);
  });
  store.watch(({ missed }) => missed).subscribe((missed) => {
    if (missed === null) return;
    store.change((draft) => { draft.trouble = `This page was not told of ticks ${count(missed.from)} to ${count(missed.to)}; what it shows is whole again.`; });
  });
  store.watch(({ finished }) => finished).subscribe((sentence) => showText(notice, withVisibleControls(sentence)));
}
