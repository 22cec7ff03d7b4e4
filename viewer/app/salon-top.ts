import { combineLatest } from 'rxjs';
import { budgetBrief, budgetLines, isNearlySpent } from './budget-words.ts';
import { byId, element, setText, showText } from './dom.ts';
import { heat } from './palette.ts';
import { qualityColour } from './salon-map.ts';
import { offerArchive } from './salon-save.ts';
import type { SalonStore } from './salon-state.ts';
import { span } from './salon-words.ts';
import { theme$ } from './theme.ts';
import { compact, count, figure, money, percent, withVisibleControls } from './words.ts';

const TROUBLE_SHOWN_MS = 8000;

/** One line of truth: which salon, how far it has come, who writes and what it costs; trouble in amber. */
export function showTop(store: SalonStore): void {
  const id = (name: string): HTMLElement => byId(name, HTMLElement);
  const [domainText, method, seed, iteration, filled, qd] = [id('domain'), id('method'), id('seed'), id('iteration'), id('filled'), id('qd')];
  const [model, costs, left, budget, fallbacks, link, notice] = [id('model'), id('costs'), id('left'), id('budget'), id('fallbacks'), id('link'), id('notice')];

  store.watch(({ domain }) => domain).subscribe((domain) => {
    if (domain === null) return;
    setText(domainText, withVisibleControls(domain.name));
    setText(id('cells'), ` of ${count(domain.cells)}`);
    document.title = `${domain.name} · Lichen`;
  });
  store.watch(() => store.run).subscribe((run) => {
    if (run === null) return;
    const { state } = run;
    setText(method, run.method);
    method.title = run.sentence;
    setText(seed, String(run.seed));
    for (const [node, value, words] of [[iteration, state.iteration, count(state.iteration)], [filled, state.elites, count(state.elites)], [qd, state.qdScore, figure(state.qdScore)]] as const) {
      setText(node, words);
      node.dataset['value'] = String(value);
    }
    setText(id('iterations'), ` of ${count(run.iterations)}`);
    setText(id('most-qd'), ` of ${count(run.maxQdScore)}`);
  });
  store.watch((state) => state.model).subscribe((facts) => {
    if (facts === null) return;
    model.hidden = false;
    model.dataset['state'] = facts.state;
    setText(model.querySelector('span')!, withVisibleControls(facts.name));
    model.title = withVisibleControls(facts.note);
  });
  store.watch(({ totals }) => totals).subscribe((totals) => {
    if (totals === null) return;
    const { calls, tokens, dollars, secondsLeft, perSecond, done, total } = totals;
    showText(costs, calls === 0 && tokens === 0 ? '' : [`${compact(calls)} calls`, `${compact(tokens)} tokens`, ...dollars > 0 ? [money(dollars)] : []].join(' · '));
    showText(left, secondsLeft === null ? '' : `${span(secondsLeft)} left`);
    left.title = `${count(done)} of ${count(total)} texts of all runs, ${perSecond.toFixed(1)} a second`;
    showText(fallbacks, totals.fallbacks === 0 ? '' : `${count(totals.fallbacks)} unanswered`);
    fallbacks.title = 'Questions to a model that came to nothing, each of them on the record.';
    showText(budget, totals.budget === null ? '' : budgetBrief(totals.budget));
    if (totals.budget !== null) {
      budget.classList.toggle('amber', isNearlySpent(totals.budget));
      budget.title = budgetLines(totals.budget).join('\n');
    }
  });
  store.watch((state) => state.link).subscribe((state) => {
    showText(link, state === 'lost' ? 'connection lost, trying again' : '');
    document.body.dataset['link'] = state;
  });
  combineLatest([store.watch((state) => state.notice), store.watch(({ trouble }) => trouble)]).subscribe(([said, trouble]) => {
    showText(notice, withVisibleControls(trouble || said));
    notice.title = notice.textContent ?? '';
    if (trouble === '' || store.now.domain === null) return;
    window.setTimeout(() => store.change((state) => { if (state.trouble === trouble) state.trouble = ''; }), TROUBLE_SHOWN_MS);
  });
}

/** The figures of the archive that is drawn, what judges are asked, and the scale of colours. */
export function showArchiveFacts(store: SalonStore): void {
  const figures = byId('archive-figures', HTMLElement);
  const asked = byId('asked', HTMLElement);
  const ramp = byId('scale-ramp', HTMLElement);
  offerArchive(store);
  store.watch(() => store.run).subscribe((run) => {
    if (run === null) return;
    const { coverage, best, corrected, stage, iteration } = run.state;
    const words = iteration === 0 ? [stage === 'waiting' ? 'not begun' : 'beginning'] : [`coverage ${percent(coverage)}`, ...best === null ? [] : [`best ${figure(best)}`]];
    const again = corrected === null ? stage === 'judging' ? ['judging anew'] : [] : [`corrected QD ${figure(corrected.qdScore)}`];
    setText(figures, [...words, ...again].join(' · '));
    figures.title = corrected === null ? 'Coverage: share of cells that have a text.'
      : `Elites judged anew: corrected QD-score ${figure(corrected.qdScore)}, coverage ${percent(corrected.coverage)}; ${percent(corrected.illusion)} of the QD-score was the judges' luck.`;
  });
  store.watch(({ domain }) => domain).subscribe((domain) => {
    if (domain === null) return;
    const { question, labels, least, most } = domain.quality;
    const [high = '', low = ''] = labels.map(withVisibleControls);
    setText(byId('scale-least', HTMLElement), `${least} ${low}`);
    setText(byId('scale-most', HTMLElement), `${most} ${high}`);
    asked.replaceChildren(element('b', {}, 'quality'), ` ${withVisibleControls(question)}`);
  });
  theme$.subscribe(({ light }) => {
    const stops = Array.from({ length: 9 }, (_, i) => qualityColour(i / 8, light));
    ramp.style.background = `linear-gradient(90deg, ${stops.join(', ')})`;
    ramp.style.borderColor = heat(0, light);
  });
}
