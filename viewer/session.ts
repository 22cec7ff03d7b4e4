import { keepPace, type Pace } from '../agents/operators/pace.ts';
import type { Budget } from '../agents/model/task.ts';
import type { Schedules } from '../core/schedules/schedule.ts';
import { Bookmarks } from './bookmarks.ts';
import type { Bookmark, ModelFacts, ShareFacts, Totals } from './facts.ts';
import { Heartbeat } from './heartbeat.ts';
import { History, type HistoryOptions } from './history.ts';
import { huesOf } from './hues.ts';
import { modelTotals, type Lab } from './lab.ts';
import { LiveSchedules } from './live-schedules.ts';
import { LookingBack } from './looking-back.ts';
import { narrate } from './narrate.ts';
import { News } from './news.ts';
import { organismFacts } from './organism-facts.ts';
import { pastFacts } from './past-facts.ts';
import { PastLives } from './past-lives.ts';
import { Places } from './places.ts';
import type { Playback } from './playback.ts';
import { PROTOCOL_VERSION, clientMessage, type Hello, type ServerMessage } from './protocol.ts';
import { obey, type Stage } from './session-orders.ts';
import { shareOf } from './share.ts';
import { Watcher, type ClientPort, type Scene } from './watcher.ts';
import { fieldsOf, headlineOf, worldFacts } from './world-facts.ts';

export type { ClientPort } from './watcher.ts';

/** One page that watches. */
export interface SessionClient {
  /** Anything the page said; checked here. */
  receive(message: unknown): void;
  leave(): void;
}

/** A lab that runs at a person's pace, watched by any number of pages. */
export interface Session {
  readonly lab: Lab;
  join(port: ClientPort): SessionClient;
  totals(): Totals;
  /** Runs until `stop`. */
  run(): Promise<void>;
  stop(): void;
}

export interface SessionOptions {
  lab: Lab;
  model: ModelFacts;
  playing?: boolean;
  /** 0 is as fast as the machine goes. */
  ticksPerSecond?: number;
  /** Stop after this tick. */
  lastTick?: number;
  /** Pause when the budget of the models is spent, until a person raises it or goes on. */
  pauseWhenSpent?: boolean;
  /** Sets other caps. */
  raise?(caps: Budget): void;
  history?: HistoryOptions;
  /** Ticks before those that are held, where the run has a record. */
  playback?: Playback | null;
  /** The spec's, to be shown. */
  schedules?: Schedules;
  /** How to make the run again; made from the lab when left out. */
  share?: ShareFacts;
  bookmarks?: readonly Bookmark[];
  /** Keeps all bookmarks, whenever they have changed. */
  keepBookmarks?(bookmarks: readonly Bookmark[]): void;
}

const FRAME_MS = 1000 / 30;
const TOTALS_MS = 250;

export function createSession(options: SessionOptions): Session {
  const { lab, model, lastTick = Infinity, pauseWhenSpent = false, playback = null } = options;
  const { simulation, archive, service } = lab;
  const { kernel } = simulation;
  const watchers = new Set<Watcher>();
  const news = new News(lab);
  const hues = huesOf(kernel);
  const scene: Scene = { kernel, hues, fields: fieldsOf(kernel), births: new Places(), deaths: new Places() };
  const history = new History(kernel, scene.births, scene.deaths, { ...options.history, lives: new PastLives(simulation, lab.phylogeny) });
  const lookingBack = new LookingBack(history, playback, () => kernel.tick);
  const schedules = new LiveSchedules(simulation);
  const share = options.share ?? shareOf(lab);
  // whoever chose the model for every child wants that, however long it takes
  const pace: Pace | null = service !== null && lab.operator !== 'llm' ? keepPace(simulation, service) : null;
  /** Whether something would have passed a cap since the caps were set. */
  let isOver = service !== null && service.budget.used >= 1;
  let lastFrameAt = 0;
  let lastTotalsAt = 0;
  let lastTotals = '';
  let measured = { at: performance.now(), tick: kernel.tick, rate: 0 };
  /** Numbers of the commands that a person, or a schedule that a person set, has just given. */
  const byHand = new Set<number>();
  const bySchedule = new Set<number>();
  const bookmarks = new Bookmarks(options.bookmarks, (all) => {
    options.keepBookmarks?.(all);
    broadcast({ type: 'bookmarks', bookmarks: [...all] });
  });
  const heart = new Heartbeat({ tick: oneTick, between: tell }, {
    playing: (options.playing ?? true) && !(isOver && pauseWhenSpent), ticksPerSecond: options.ticksPerSecond ?? 30,
  });
  if (kernel.tick > 0) history.note();

  narrate({
    simulation, model: model.name, say: (tick, kind, text) => news.write(tick, kind, text),
    origin: (number, key) => (byHand.delete(number) ? 'hand' : bySchedule.delete(number) ? 'schedule' : pace?.turns(key) === true ? 'pace' : 'other'),
  });
  service?.events$.subscribe((event) => {
    if (event.kind !== 'budget' && event.kind !== 'stalled') return;
    news.write(kernel.tick, 'model', event.sentence);
    if (event.kind !== 'budget' || event.level !== 'spent') return;
    isOver = true;
    if (!pauseWhenSpent) return;
    heart.pause();
    news.write(kernel.tick, 'model', 'The world is paused; raise the budget to go on.');
  });
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { births, deaths } = event;
    const [perX, perY] = [65536 / kernel.width, 65536 / kernel.height];
    scene.births.add(births.count, births.x, births.y, perX, perY);
    scene.deaths.add(deaths.count, deaths.x, deaths.y, perX, perY);
    for (const { lit } of watchers) lit?.note(event);
    history.note();
    for (const { command } of event.commands) {
      if (command.kind === 'set') broadcast({ type: 'parameter', key: command.key, value: command.value, schedule: scheduleOf(command.key), base: baseOf(command.key) });
    }
  });

  function broadcast(message: ServerMessage): void {
    for (const watcher of watchers) watcher.say(message);
  }

  function scheduleOf(key: string): Schedules[string] | null {
    return schedules.of(key) ?? (lab.schedules.driving.includes(key) ? options.schedules?.[key] ?? null : null);
  }

  function baseOf(key: string): number | null {
    return schedules.baseOf(key) ?? lab.schedules.baseOf(key) ?? null;
  }

  function totals(): Totals {
    return {
      tick: kernel.tick, population: kernel.pop.count, lineages: lab.totals.lineages, births: lab.totals.births, deaths: lab.totals.deaths,
      birthsByOperator: { ...lab.totals.birthsByOperator },
      archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites, corrected: archive.corrected },
      model: { ...modelTotals(lab), share: kernel.parameter('modelShare'), inFlight: service?.inFlight ?? 0 },
      budget: service === null ? null : { ...service.budget, over: isOver ? (pauseWhenSpent ? 'paused' : 'blind') : null },
      held: history.held, recorded: playback !== null,
      fingerprint: simulation.fingerprint, ...headlineOf(simulation),
    };
  }

  function hello(missed: Hello['missed']): Hello {
    return {
      type: 'hello', version: PROTOCOL_VERSION, world: worldFacts(lab, hues.map(({ facts }) => facts), (key) => ({ schedule: scheduleOf(key), base: baseOf(key) })), seed: simulation.seed, model, operator: lab.operator,
      playing: heart.playing, ticksPerSecond: heart.ticksPerSecond, ...news.greeting, bookmarks: bookmarks.all, share, totals: totals(), missed,
    };
  }

  /** Sends what is new. */
  function tell(now: number): void {
    if (now - lastFrameAt >= FRAME_MS) {
      lastFrameAt = now;
      for (const watcher of watchers) watcher.send(now);
    }
    if (now - lastTotalsAt < TOTALS_MS) return;
    lastTotalsAt = now;
    if (now - measured.at >= 1000) measured = { at: now, tick: kernel.tick, rate: ((kernel.tick - measured.tick) * 1000) / (now - measured.at) };
    for (const message of news.take(now)) broadcast(message);
    const message: ServerMessage = { type: 'totals', totals: totals(), playing: heart.playing, ticksPerSecond: heart.ticksPerSecond, measuredTicksPerSecond: measured.rate };
    const text = JSON.stringify(message);
    // a world that is still has nothing to say
    if (text !== lastTotals) broadcast(message);
    lastTotals = text;
    for (const watcher of watchers) if (watcher.inHand >= 0 && watcher.isAwake && watcher.lookingAt === null) watcher.say({ type: 'organism', organism: organismFacts(lab, watcher.inHand) });
    lookingBack.settle(watchers);
  }

  async function oneTick(): Promise<void> {
    schedules.beforeTick((number) => bySchedule.add(number));
    if (await lab.tick()) pace?.waited();
    if (kernel.tick < lastTick) return;
    heart.pause();
    broadcast({ type: 'finished', sentence: `The run has reached its last tick, ${lastTick}.` });
  }

  const stage: Stage = {
    lab, heart, news, scene, schedules, bookmarks, lookingBack, broadcast,
    get finished() { return kernel.tick >= lastTick; },
    turned(number, key) {
      byHand.add(number);
      pace?.release(key);
    },
    raise(caps) {
      if (service === null || options.raise === undefined) throw new Error('This run asks no model, so it has no budget.');
      isOver = false;
      options.raise(caps);
      news.write(kernel.tick, 'model', `The budget was set by hand: ${Object.entries(caps).map(([unit, cap]) => `${cap} ${unit}`).join(', ') || 'no caps'}.`);
      // too little is too little still: what has been raised may be spent already
      heart.playing = !stage.finished && !(isOver && pauseWhenSpent);
    },
  };

  return {
    lab,
    totals,
    run: () => heart.run(),
    stop: () => heart.stop(),
    join(port) {
      const watcher = new Watcher(port, scene);
      watchers.add(watcher);
      watcher.onPast = () => {
        const past = watcher.pastSeen;
        if (past !== null && watcher.inHand >= 0) watcher.say({ type: 'pastOrganism', organism: pastFacts(lab, past, watcher.inHand) });
      };
      port.message(hello(null));
      watcher.send(performance.now());
      return {
        receive(message) {
          const parsed = clientMessage.safeParse(message);
          try {
            if (!parsed.success) throw new Error('That message is not one that Lichen knows.');
            if (parsed.data.type !== 'drawn') obey(stage, watcher, parsed.data);
            else if (watcher.drawn().slept) {
              lookingBack.forget(watcher);
              port.message(hello({ from: watcher.seenTick + 1, to: kernel.tick }));
              if (watcher.inHand >= 0) port.message({ type: 'organism', organism: organismFacts(lab, watcher.inHand) });
              watcher.send(performance.now());
            }
          } catch (error) {
            watcher.say({ type: 'refused', sentence: error instanceof Error ? error.message : String(error) });
          }
        },
        leave() {
          watchers.delete(watcher);
          lookingBack.forget(watcher);
        },
      };
    },
  };
}
