import type { CDPSession } from 'playwright-core';

/** What the page's main thread was at, in the order in which the table has it. */
export const WORK = ['script', 'style', 'layout', 'paint', 'other'] as const;
/** Milliseconds of the main thread for one picture, its own and all that happened since the one before: `total` is the sum of the others. */
export type PictureCost = Record<(typeof WORK)[number] | 'total', number>;

interface TraceEvent { name: string; ph: string; ts: number; dur?: number; tdur?: number; tts?: number; pid: number; tid: number; args?: { name?: string; data?: { message?: string } } }

/** What is said into the trace when a picture has been drawn. */
export const PICTURE_MARK = 'picture drawn';

const KINDS: Record<string, (typeof WORK)[number]> = {
  FunctionCall: 'script', EvaluateScript: 'script', TimerFire: 'script', FireAnimationFrame: 'script', EventDispatch: 'script', RunMicrotasks: 'script', WebSocketReceive: 'script',
  'v8.callFunction': 'script', 'v8.compileModule': 'script', 'v8.evaluateModule': 'script', MinorGC: 'script', MajorGC: 'script', UpdateLayoutTree: 'style', Layout: 'layout', PrePaint: 'paint', Paint: 'paint', Layerize: 'paint', Commit: 'paint',
};

/** Runs in the page before all else: says in the trace when the page answers a frame with `drawn`. */
export function markPictures(mark: string): void {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    // not a mark of user timing, which the page would go on holding
    if (data === '{"type":"drawn"}') console.timeStamp(mark);
    send.call(this, data);
  };
}

/**
 * Runs in the page before all else: what WebGL draws is clipped to one pixel. Every call is made as ever, but where a processor
 * draws in the place of a graphics card it no longer takes the time of the thread that is measured.
 */
export function drawOnePixel(): void {
  const proto = WebGL2RenderingContext.prototype;
  const { drawArrays } = proto;
  proto.drawArrays = function (mode, first, count) {
    this.enable(this.SCISSOR_TEST);
    this.scissor(0, 0, 1, 1);
    drawArrays.call(this, mode, first, count);
  };
}

/**
 * Traces the page while `work` goes on, and answers with what each picture cost; the first has in it all that the thread did
 * since the tracing began. Times are of the thread's own processor time where the browser tells it.
 */
export async function tracePictures(devtools: CDPSession, work: () => Promise<void>): Promise<{ costs: PictureCost[]; ofProcessor: boolean }> {
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => { for (const event of value) events.push(event as unknown as TraceEvent); });
  await devtools.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { recordMode: 'recordContinuously', includedCategories: ['toplevel', 'devtools.timeline', 'v8', 'blink.user_timing', '__metadata'] } });
  await work();
  const complete = new Promise((resolve) => { devtools.once('Tracing.tracingComplete', resolve); });
  await devtools.send('Tracing.end');
  await complete;
  return costsOf(events);
}

function costsOf(events: readonly TraceEvent[]): { costs: PictureCost[]; ofProcessor: boolean } {
  const mark = events.find(({ name, args }) => name === 'TimeStamp' && args?.data?.message === PICTURE_MARK);
  if (mark === undefined) throw new Error('The trace of the page has no picture in it.');
  const own = events.filter(({ pid, tid }) => pid === mark.pid && tid === mark.tid).sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const pictures = own.filter(({ name, args }) => name === 'TimeStamp' && args?.data?.message === PICTURE_MARK).map(({ ts }) => ts);
  const tasks = own.filter(({ name, ph, dur }) => ph === 'X' && dur !== undefined && name.endsWith('RunTask'));
  const byClock = (some: readonly TraceEvent[]): number => some.reduce((sum, { dur = 0 }) => sum + dur, 0);
  // the browser leaves the processor's time out where it is next to nothing
  const ofProcessor = byClock(tasks.filter(({ tdur }) => tdur === undefined)) < 0.05 * byClock(tasks);
  const length = ({ dur = 0, tdur }: TraceEvent): number => (ofProcessor ? tdur ?? 0 : dur) / 1000;
  const costs = pictures.map((): PictureCost => ({ script: 0, style: 0, layout: 0, paint: 0, other: 0, total: 0 }));
  /** The first picture that was drawn at the end of a task or later. */
  const pictureOf = (end: number): number => {
    let [low, high] = [0, pictures.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pictures[middle]! < end) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  // a picture's own task ends after its mark: it belongs to that picture, so the mark is looked for from the task's start
  let taskEnd = -1;
  for (const task of tasks) {
    if (task.ts < taskEnd) continue;
    taskEnd = task.ts + task.dur!;
    const cost = costs[pictureOf(task.ts)];
    if (cost !== undefined) cost.total += length(task);
  }
  // of what lies within one another, time is the innermost's
  const open: TraceEvent[] = [];
  const kinds = own.filter(({ name, ph }) => ph === 'X' && KINDS[name] !== undefined);
  for (const event of kinds) {
    while (open.length > 0 && open.at(-1)!.ts + (open.at(-1)!.dur ?? 0) <= event.ts) open.pop();
    const cost = costs[pictureOf(event.ts)];
    const around = open.at(-1);
    open.push(event);
    if (cost === undefined) continue;
    cost[KINDS[event.name]!] += length(event);
    if (around !== undefined) cost[KINDS[around.name]!] -= length(event);
  }
  for (const cost of costs) cost.other = Math.max(0, cost.total - cost.script - cost.style - cost.layout - cost.paint);
  return { costs, ofProcessor };
}
