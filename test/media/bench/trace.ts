// What each frame of the screen costs a page, from a trace of its main thread.

import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when, how long on the clock, how long on the processor. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly data?: {
      readonly message?: string;
      readonly frames?: readonly { readonly url: string; readonly processId: number }[];
    };
  };
}

/** Milliseconds. */
export interface FrameCost {
  /** All tasks, without rasterising. */
  readonly work: number;
  /** In software the main thread rasterises canvases, when it updates its layers; everything else has threads of its own. */
  readonly raster: number;
  /** What the work was, as far as the browser names it; the layout that a script asks for counts in both. */
  readonly parts: Readonly<Record<Part, number>>;
}

export type Part = 'script' | 'layout' | 'paint' | 'collecting';

/** The outermost events of each part of a frame's work. */
const PARTS: Readonly<Record<string, Part>> = {
  FunctionCall: 'script',
  RunMicrotasks: 'script',
  UpdateLayoutTree: 'layout',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  MajorGC: 'collecting',
  MinorGC: 'collecting',
};

export interface Traced {
  /** Of each time that something was done, the frame of the screen that cost most. */
  readonly frames: readonly FrameCost[];
  readonly process: number;
}

const ACT = 'act';

/** Does something some times, and waits each time until it is on screen. Tracing itself costs, so all this is a little more than it is. */
export async function traced(page: Page, times: number, act: (i: number) => Promise<void>): Promise<Traced> {
  const browser = page.context().browser()!;
  const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'cc'];
  await browser.startTracing(page, { categories });
  for (let i = 0; i < times; i++) {
    await page.evaluate((name) => console.timeStamp(name), ACT);
    await act(i);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: readonly TraceEvent[] };
  const shown = traceEvents.flatMap((e) => e.args?.data?.frames ?? []).find((f) => f.url === page.url());
  const acts = traceEvents.filter((e) => e.name === 'TimeStamp' && e.args?.data?.message === ACT && e.pid === shown?.processId);
  if (shown === undefined || acts.length !== times) throw new Error('the trace does not hold what was done');
  const { tid } = acts[0]!;
  const thread = traceEvents.filter((e) => e.ph === 'X' && e.pid === shown.processId && e.tid === tid);
  return {
    frames: costliest(
      thread,
      acts.map((e) => e.ts).sort((a, b) => a - b),
    ),
    process: shown.processId,
  };
}

/** A frame is all that was done since the one before it was handed over. */
function costliest(thread: readonly TraceEvent[], acts: readonly number[]): FrameCost[] {
  const named = (name: string) => thread.filter((e) => e.name === name);
  const ends = named('ProxyMain::BeginMainFrame')
    .map((e) => e.ts + (e.dur ?? 0))
    .sort((a, b) => a - b);
  const before = (list: readonly number[], ts: number) => {
    const i = list.findIndex((t) => t > ts);
    return i < 0 ? list.length : i;
  };
  const nothing = () => ({ script: 0, layout: 0, paint: 0, collecting: 0 });
  const most = acts.map((): FrameCost => ({ work: 0, raster: 0, parts: nothing() }));
  const frames = new Map<string, { act: number; work: number; raster: number; parts: Record<Part, number> }>();
  const frameOf = ({ ts }: TraceEvent) => {
    const act = before(acts, ts) - 1;
    const key = `${String(act)}.${String(before(ends, ts))}`;
    const frame = frames.get(key) ?? { act, work: 0, raster: 0, parts: nothing() };
    frames.set(key, frame);
    return frame;
  };
  for (const task of named('RunTask')) frameOf(task).work += (task.tdur ?? 0) / 1000;
  for (const update of named('LayerTreeHost::DoUpdateLayers')) {
    const frame = frameOf(update);
    frame.raster += (update.tdur ?? 0) / 1000;
    frame.work -= (update.tdur ?? 0) / 1000;
  }
  for (const event of outermost(thread.filter((e) => e.name in PARTS)))
    frameOf(event).parts[PARTS[event.name]!] += (event.tdur ?? 0) / 1000;
  for (const { act, work, raster, parts } of frames.values())
    if (act >= 0 && work + raster > most[act]!.work + most[act]!.raster) most[act] = { work, raster, parts };
  return most;
}

/** Of events of one part that lie in each other, the outer one only. */
function outermost(events: readonly TraceEvent[]): TraceEvent[] {
  const ends = new Map<Part, number>();
  return [...events]
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    .filter((e) => {
      const part = PARTS[e.name]!;
      if (e.ts < (ends.get(part) ?? 0)) return false;
      ends.set(part, e.ts + (e.dur ?? 0));
      return true;
    });
}
