import { keepPace, type Pace } from '../agents/operators/pace.ts';
import type { Budget } from '../agents/model/task.ts';
import { ARCHIVE_DIMS, archiveFacts } from '../core/archive/life-archive.ts';
import { parameterFacts } from '../core/kernel/parameters.ts';
import { measurePoint, type SeriesPoint } from '../core/measures/series.ts';
import { modelTotals, type Lab } from './lab.ts';
import { BirthPlaces, writeFrame } from './frame.ts';
import { newestLines } from './log-lines.ts';
import { narrate } from './narrate.ts';
import { nearestOrganism, organismFacts } from './organism-facts.ts';
import { PROTOCOL_VERSION, clientMessage, type ClientMessage, type LogLine, type ModelFacts, type ServerMessage, type Totals, type WorldFacts } from './protocol.ts';

/** Where a session's messages to one page go. */
export interface ClientPort { message(message: ServerMessage): void; frame(frame: ArrayBuffer): void }

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
}

/** Ticks between two points of the series. */
const SERIES_EVERY = 10;
const MOST_SERIES = 4000;
/** Lines of the log that are kept of each kind of news. */
const MOST_LINES = 100;
/** Longest stretch of ticks without letting messages in. */
const SLICE_MS = 12;
const FRAME_MS = 1000 / 30;
const TOTALS_MS = 250;
/** The field goes along with every so many frames. */
const FIELD_EVERY = 4;

interface Client { port: ClientPort; ready: boolean; inHand: number; frames: number }

export function createSession({ lab, model, playing: startPlaying = true, ticksPerSecond: startSpeed = 30, lastTick = Infinity, pauseWhenSpent = false, raise }: SessionOptions): Session {
  const { simulation, archive, service } = lab;
  const { kernel, world } = simulation;
  const clients = new Set<Client>();
  const series: SeriesPoint[] = [measurePoint(kernel)];
  let log: LogLine[] = [];
  const births = new BirthPlaces();
  // whoever chose the model for every child wants that, however long it takes
  const pace: Pace | null = service !== null && lab.operator !== 'llm' ? keepPace(simulation, service) : null;
  /** Whether something would have passed a cap since the caps were set. */
  let isOver = service !== null && service.budget.used >= 1;
  let playing = startPlaying && !(isOver && pauseWhenSpent);
  let ticksPerSecond = startSpeed;
  let toStep = 0;
  let stopped = false;
  let finished = false;
  let wake: (() => void) | null = null;
  let lastFrameAt = 0;
  let lastTotalsAt = 0;
  let measured = { at: performance.now(), tick: 0, rate: 0 };
  let newPoints: SeriesPoint[] = [];
  let newLines: LogLine[] = [];
  const changedCells = new Map<number, number>();
  let seq = 0;
  /** Numbers of the commands that a person, not the pace, has just given. */
  const byHand = new Set<number>();

  narrate({
    simulation, model: model.name, say: write,
    origin: (number, key) => (byHand.delete(number) ? 'hand' : pace?.turns(key) === true ? 'pace' : 'other'),
  });
  service?.events$.subscribe((event) => {
    if (event.kind !== 'budget' && event.kind !== 'stalled') return;
    write(kernel.tick, 'model', event.sentence);
    if (event.kind !== 'budget' || event.level !== 'spent') return;
    isOver = true;
    if (!pauseWhenSpent) return;
    playing = false;
    toStep = 0;
    write(kernel.tick, 'model', 'The world is paused; raise the budget to go on.');
  });
  simulation.events$.subscribe((event) => {
    if (event.kind === 'archive') {
      event.cells.forEach((cell, i) => changedCells.set(cell, event.objectives[i]!));
      return;
    }
    if (event.kind !== 'tick') return;
    births.add(event.births.count, event.births.x, event.births.y);
    for (const { command } of event.commands) {
      if (command.kind === 'set') broadcast({ type: 'parameter', key: command.key, value: command.value });
    }
    if (event.tick % SERIES_EVERY === 0) {
      const point = measurePoint(kernel);
      series.push(point);
      newPoints.push(point);
      // keep the whole run in sight: drop every second point when there are too many
      if (series.length > MOST_SERIES) for (let i = 1; i < series.length; i++) series.splice(i, 1);
    }
  });

  function write(tick: number, kind: LogLine['kind'], text: string): void {
    const line = { seq: seq++, tick, kind, text };
    log.push(line);
    newLines.push(line);
    log = newestLines(log, MOST_LINES);
    newLines = newestLines(newLines, MOST_LINES);
  }

  function broadcast(message: ServerMessage): void {
    for (const client of clients) client.port.message(message);
  }

  function totals(): Totals {
    return {
      tick: kernel.tick, population: kernel.pop.count, lineages: lab.totals.lineages, births: lab.totals.births, deaths: lab.totals.deaths,
      birthsByOperator: { ...lab.totals.birthsByOperator },
      archive: { coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites },
      model: { ...modelTotals(lab), share: kernel.parameter('modelShare'), inFlight: service?.inFlight ?? 0 },
      budget: service === null ? null : { ...service.budget, over: isOver ? (pauseWhenSpent ? 'paused' : 'blind') : null },
      fingerprint: simulation.fingerprint,
    };
  }

  function worldFacts(): WorldFacts {
    const { vocabulary } = world;
    return {
      name: world.name, title: world.title, sentence: world.sentence, width: kernel.width, height: kernel.height, energyFull: world.energyFull,
      senses: vocabulary.senses.map(({ name, sentence, unit }) => ({ name, sentence, unit })),
      acts: vocabulary.acts.map(({ name, sentence }) => ({ name, sentence })),
      signals: vocabulary.signals.map((name) => ({ name })),
      // sliders that nobody would answer are left out
      parameters: parameterFacts(world.parameters).filter(({ ofModel, key }) => !ofModel || service !== null || kernel.parameter(key) !== 0)
        .map((fact) => ({ ...fact, value: kernel.parameter(fact.key) })),
      archive: { dims: [...ARCHIVE_DIMS], ...archiveFacts(world, lab.archiveChoice) },
      question: world.question === undefined ? null : { name: world.question.name, text: world.question.text },
    };
  }

  function hello(): ServerMessage {
    const cells: [number, number][] = [];
    for (let cell = 0; cell < archive.cells; cell++) {
      const elite = archive.elite(cell);
      if (elite) cells.push([cell, elite.objective]);
    }
    return { type: 'hello', version: PROTOCOL_VERSION, world: worldFacts(), seed: simulation.seed, model, operator: lab.operator, playing, ticksPerSecond,
      series: [...series], log: [...log], cells, totals: totals() };
  }

  /** Sends what is new; frames only to pages that have drawn the last one. */
  function tell(now: number, force: boolean): void {
    if (clients.size === 0) {
      births.count = 0;
    } else if (force || now - lastFrameAt >= FRAME_MS) {
      lastFrameAt = now;
      let sent = false;
      for (const client of clients) {
        if (!client.ready) continue;
        client.ready = false;
        sent = true;
        client.port.frame(writeFrame(kernel, births, client.frames++ % FIELD_EVERY === 0, client.inHand));
      }
      if (sent) births.count = 0;
    }
    if (!force && now - lastTotalsAt < TOTALS_MS) return;
    lastTotalsAt = now;
    if (now - measured.at >= 1000) {
      measured = { at: now, tick: kernel.tick, rate: ((kernel.tick - measured.tick) * 1000) / (now - measured.at) };
    }
    if (newLines.length > 0) broadcast({ type: 'log', lines: newLines });
    if (newPoints.length > 0) broadcast({ type: 'series', points: newPoints });
    if (changedCells.size > 0) broadcast({ type: 'cells', cells: [...changedCells] });
    newLines = [];
    newPoints = [];
    changedCells.clear();
    broadcast({ type: 'totals', totals: totals(), playing, ticksPerSecond, measuredTicksPerSecond: measured.rate });
    for (const client of clients) {
      if (client.inHand >= 0) client.port.message({ type: 'organism', organism: organismFacts(lab, client.inHand) });
    }
  }

  function obey(client: Client, message: ClientMessage): void {
    switch (message.type) {
      case 'play': playing = !finished; break;
      case 'pause': playing = false; break;
      case 'step': playing = false; toStep = finished ? 0 : toStep + message.ticks; break;
      case 'speed': ticksPerSecond = message.ticksPerSecond; break;
      case 'set': {
        const number = simulation.submit({ kind: 'set', key: message.key, value: message.value });
        byHand.add(number);
        pace?.release(message.key);
        break;
      }
      case 'budget': {
        const { type: _, ...caps } = message;
        if (service === null || raise === undefined) throw new Error('This run asks no model, so it has no budget.');
        isOver = false;
        raise(caps);
        write(kernel.tick, 'model', `The budget was set by hand: ${Object.entries(caps).map(([unit, cap]) => `${cap} ${unit}`).join(', ') || 'no caps'}.`);
        // too little is too little still: what has been raised may be spent already
        playing = !finished && !(isOver && pauseWhenSpent);
        break;
      }
      case 'inspect': client.inHand = nearestOrganism(lab, message.x, message.y); show(client); break;
      case 'inspectId': client.inHand = message.id; show(client); break;
      case 'release': client.inHand = -1; client.port.message({ type: 'organism', organism: null }); break;
      case 'inspectCell': {
        const elite = archive.elite(message.cell);
        if (elite === null) throw new Error(`Cell ${message.cell} of the archive is empty.`);
        client.port.message({ type: 'elite', cell: message.cell, objective: elite.objective, measures: [elite.measures[0]!, elite.measures[1]!],
          genome: kernel.genomes.text(elite.solution.genome), organism: elite.solution.organism, tick: elite.solution.tick });
        break;
      }
      case 'drawn': client.ready = true; return;
    }
    wake?.();
  }

  function show(client: Client): void {
    const facts = client.inHand < 0 ? null : organismFacts(lab, client.inHand);
    if (facts === null) client.inHand = -1;
    client.port.message({ type: 'organism', organism: facts });
  }

  async function oneTick(): Promise<void> {
    if (await lab.tick()) pace?.waited();
    const { ended } = lab.stopWatch;
    if (kernel.tick < lastTick && ended === null) return;
    finished = true;
    playing = false;
    toStep = 0;
    broadcast({ type: 'finished', sentence: ended === null ? `The run has reached its last tick, ${lastTick}.` : `The run has ended at tick ${ended.tick}: ${ended.words}.` });
  }

  async function live(): Promise<void> {
    let due = performance.now();
    while (!stopped) {
      const now = performance.now();
      tell(now, false);
      if (!playing && toStep === 0) {
        tell(now, true);
        await rest(200);
        due = performance.now();
        continue;
      }
      if (toStep > 0 || ticksPerSecond === 0) {
        const until = now + SLICE_MS;
        do {
          await oneTick();
          if (toStep > 0) toStep--;
        } while (!stopped && performance.now() < until && (toStep > 0 || (playing && ticksPerSecond === 0)));
        await rest(0);
        due = performance.now();
        continue;
      }
      if (now < due) {
        await rest(Math.min(due - now, 50));
        continue;
      }
      await oneTick();
      // when the machine cannot keep up, lost time is not made up for
      due = Math.max(due + 1000 / ticksPerSecond, performance.now() - 100);
      if (performance.now() - now > SLICE_MS) await rest(0);
    }
  }

  async function run(): Promise<void> {
    // a tick may wait for the model, or for a person to raise its budget: pages go on hearing what is the case
    const telling = setInterval(() => tell(performance.now(), false), TOTALS_MS);
    try {
      await live();
    } finally {
      clearInterval(telling);
    }
  }

  /** Waits, but no longer than until somebody says something. */
  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void { clearTimeout(timer); wake = null; resolve(); }
      wake = done;
    });
  }

  return {
    lab,
    totals,
    run,
    stop() { stopped = true; wake?.(); },
    join(port) {
      const client: Client = { port, ready: true, inHand: -1, frames: 0 };
      clients.add(client);
      port.message(hello());
      port.frame(writeFrame(kernel, births, true, -1));
      client.ready = false;
      client.frames = 1;
      return {
        receive(message) {
          const parsed = clientMessage.safeParse(message);
          try {
            if (!parsed.success) throw new Error('That message is not one that Lichen knows.');
            obey(client, parsed.data);
          } catch (error) {
            port.message({ type: 'refused', sentence: error instanceof Error ? error.message : String(error) });
          }
        },
        leave() { clients.delete(client); },
      };
    },
  };
}
